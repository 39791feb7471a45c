// Compresses all closed segments of a folder, and then leaves a summary of each, as retention does.
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'

const [folder = ''] = process.argv.slice(2)
const stems = readdirSync(folder).flatMap((name) => /^(.+-\d+-[0-9TZ]+)\.jsonl$/.exec(name)?.[1] ?? [])

function replace(stem, from, to, change) {
  const bytes = change(readFileSync(join(folder, stem + from)))
  const draft = join(folder, '.slots', 'draft')
  writeFileSync(draft, bytes)
  renameSync(draft, join(folder, stem + to))
  rmSync(join(folder, stem + from))
}

function summaryOf(bytes) {
  const lines = String(gunzipSync(bytes)).trimEnd().split('\n')
  return gzipSync(
    lines.map((line) => `${JSON.stringify({ ...JSON.parse(line), summarized: true })}\n`).join(''),
  )
}

for (const stem of stems) replace(stem, '.jsonl', '.jsonl.gz', gzipSync)
for (const stem of stems) replace(stem, '.jsonl.gz', '.summary.jsonl.gz', summaryOf)
