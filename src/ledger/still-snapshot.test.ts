import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test, vi } from 'vitest'
import { tempFolder } from '../../test/fixtures/temp-folder.js'
import { REQUESTS } from '../journal/project-journal.js'
import { readLines } from '../journal/read-lines.js'
import { SLOTS_DIR } from '../journal/slot.js'
import { takeStillSnapshot } from './still-snapshot.js'

let afterLink: (() => void) | undefined

vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>()
  const linkSync = (from: string, to: string): void => {
    fs.linkSync(from, to)
    afterLink?.()
  }
  return { ...fs, linkSync }
})

/** What another process does between the link to the active file and the list of closed ones. */
const steps: [string, (active: string, closed: string) => void][] = [
  ['nothing', () => {}],
  ['closed', renameSync],
  ['closed, and a new file begun', closeAndBegin],
  [
    'closed and compressed',
    (active, closed) => {
      renameSync(active, closed)
      writeFileSync(`${closed}.gz`, gzipSync('one\n'))
      rmSync(closed)
    },
  ],
]

test.each(steps)('an active file that is %s is in the snapshot once', async (_, step) => {
  const dir = tempFolder()
  writeFileSync(join(dir, 'llm_requests.jsonl'), 'one\n')
  mkdirSync(join(dir, SLOTS_DIR))
  afterLink = () => {
    afterLink = undefined
    step(join(dir, 'llm_requests.jsonl'), join(dir, 'llm_requests.0-00000001-20260131T140506078Z.jsonl'))
  }
  using snapshot = takeStillSnapshot(dir, REQUESTS)
  const lines: (string | undefined)[] = []
  for (const file of snapshot.files) for await (const { text } of readLines(file)) lines.push(text)
  expect(lines.filter((line) => line === 'one')).toHaveLength(1)
})

function closeAndBegin(active: string, closed: string): void {
  renameSync(active, closed)
  writeFileSync(active, 'two\n')
}
