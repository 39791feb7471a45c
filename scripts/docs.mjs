// Writes the generated pages of docs/ from the built package. With --check it writes nothing and fails when one differs.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build, ROOT } from './build.mjs'
import { cliPage } from './docs/cli-page.mjs'
import { errorsPage } from './docs/errors-page.mjs'
import { httpApiPage } from './docs/http-api-page.mjs'
import { providersPage } from './docs/providers-page.mjs'

const isCheck = process.argv.includes('--check')
build()
const pages = {
  'http-api.md': await httpApiPage(ROOT),
  'cli.md': cliPage(ROOT),
  'errors.md': await errorsPage(ROOT),
  'providers.md': await providersPage(ROOT),
}

mkdirSync(join(ROOT, 'docs'), { recursive: true })
const stale = []
for (const [name, text] of Object.entries(pages)) {
  const path = join(ROOT, 'docs', name)
  if (read(path) === text) continue
  stale.push(`docs/${name}`)
  if (!isCheck) writeFileSync(path, text)
}
if (stale.length === 0) console.log('docs: all pages are up to date')
else if (!isCheck) console.log(`docs: wrote ${stale.join(', ')}`)
else {
  console.error(`docs: ${stale.join(', ')} differ from the code; run npm run docs`)
  process.exitCode = 1
}

function read(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
