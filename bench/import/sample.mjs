// Folders of sessions, as ~/.claude/projects is.
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { randomNumbers } from './random.mjs'
import { sessionLines, textMaker } from './session.mjs'

const ANSWERS = 300

/** Writes sessions into `folder` until they weigh `bytes`, with results of tools of up to `largest` characters. */
export function makeSample(folder, bytes, largest) {
  const random = randomNumbers(7)
  const text = textMaker(random)
  let written = 0
  let lines = 0
  let calls = 0
  let files = 0
  while (written < bytes) {
    const project = join(folder, `-home-someone-project-${files % 12}`)
    mkdirSync(project, { recursive: true })
    const session = `${(0x10000000 + files).toString(16)}-0000-4000-8000-000000000000`
    const file = openSync(join(project, `${session}.jsonl`), 'w', 0o600)
    for (const line of sessionLines(random, text, session, ANSWERS, largest)) {
      written += writeSync(file, `${line}\n`)
      lines++
    }
    closeSync(file)
    calls += ANSWERS
    files++
  }
  return { bytes: written, lines, calls, files }
}
