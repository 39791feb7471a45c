/** Installs the other majors of the SDK beside this file when they are missing. */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const here = fileURLToPath(new URL('.', import.meta.url))

export function installVersions() {
  if (existsSync(`${here}node_modules/openai-5`) && existsSync(`${here}node_modules/openai-7`)) return
  // openai 7 asks for Node 22; that it also runs on 20 is what the test shows.
  execFileSync('npm', ['ci', '--no-audit', '--no-fund'], {
    cwd: here,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}
