/** Installs the other majors of the SDK beside this file when they are missing. */
import { fileURLToPath } from 'node:url'
import { ensureInstalled } from '../../scripts/ensure-installed.mjs'

/** openai 7 asks for Node 22, which npm warns of; that it also runs on 20 is what the test shows. */
export function installVersions() {
  ensureInstalled(fileURLToPath(new URL('.', import.meta.url)))
}
