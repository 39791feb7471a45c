import assert from 'node:assert/strict'
import {
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { openLedger } from '../../../dist/index.js'
import { checkSum, QUIET } from '../harness/check.mjs'
import { entryOf } from '../harness/entry.mjs'
import { readJournal } from '../harness/journal.mjs'

/** What happens to the file under the open descriptor, and what the next call must answer. @type {[string, (path: string, outside: string) => void, string?][]} */
const DEEDS = [
  ['moved away', (path, outside) => renameSync(path, join(outside, 'moved'))],
  ['deleted', (path) => rmSync(path)],
  [
    'replaced by another file',
    (path) => {
      rmSync(path)
      writeFileSync(path, '')
    },
  ],
  [
    'replaced by a copy',
    (path) => {
      const text = readFileSync(path)
      rmSync(path)
      writeFileSync(path, text)
    },
  ],
  ['cut to nothing', (path) => writeFileSync(path, '')],
  ['linked elsewhere', (path, outside) => linkSync(path, join(outside, 'link'))],
  ['folder deleted', (path) => rmSync(dirname(path), { recursive: true })],
  ['folder moved away', (path, outside) => renameSync(dirname(path), join(outside, 'logs'))],
  ['project deleted', (path) => rmSync(dirname(dirname(path)), { recursive: true })],
  [
    'a symlink in its place',
    (path, outside) => {
      renameSync(path, join(outside, 'target'))
      symlinkSync(join(outside, 'target'), path)
    },
    'PATH_IS_SYMLINK',
  ],
  [
    'a dangling symlink',
    (path, outside) => {
      rmSync(path)
      symlinkSync(join(outside, 'nothing'), path)
    },
    'PATH_IS_SYMLINK',
  ],
  [
    'a symlink to itself',
    (path) => {
      rmSync(path)
      symlinkSync(path, path)
    },
    'PATH_IS_SYMLINK',
  ],
  [
    'a folder in its place',
    (path) => {
      rmSync(path)
      mkdirSync(path)
    },
    'LOG_WRITE_ERROR',
  ],
  [
    'the folder as a symlink',
    (path, outside) => {
      renameSync(dirname(path), join(outside, 'logs'))
      symlinkSync(join(outside, 'logs'), dirname(path))
    },
    'PATH_IS_SYMLINK',
  ],
]

/** @type {import('../harness/run-case.mjs').Case} */
export default {
  name: 'moved-file',
  fault: 'moved or deleted file under the descriptor, chmod 000, a symlink at the path',
  checks: 'the next call is in a file at the path, or refused; symlinks always; I4',
  quick: true,
  async run({ folder, project: makeProject }) {
    /** @type {string[]} */
    const failures = []
    for (const [name, deed, refusal] of DEEDS) {
      const workspace = folder()
      const outside = folder('outside')
      const project = await makeProject(workspace)
      const ledger = await openLedger({ workspace, systemLog: QUIET })
      const path = join(project.paths.logsDir, 'llm_requests.jsonl')
      await ledger.logLLMRequest(entryOf(project.id, 'before'))
      deed(path, outside)
      const before = sizes(outside)
      const code = await ledger.logLLMRequest(entryOf(project.id, 'after')).then(
        () => undefined,
        (error) => error.code,
      )
      try {
        assert.equal(code, refusal, `${name}: answered ${code ?? 'ok'}, not ${refusal ?? 'ok'}`)
        if (refusal === undefined)
          assert.ok(
            readJournal(project.paths.logsDir).ids.has('after'),
            `${name}: the entry is not at the path`,
          )
        // A hard link is the file itself.
        if (name !== 'linked elsewhere') assert.deepEqual(sizes(outside), before, `${name}: written outside`)
        checkSum(ledger.integrity(), 2)
      } catch (error) {
        failures.push(error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error))
      }
      await ledger.close()
    }
    assert.ok(failures.length === 0, failures.join('; '))
    return {
      runs: DEEDS.length,
      found: `${DEEDS.filter(([, , code]) => code !== undefined).length} refused, the others reopened`,
    }
  },
}

/** Bytes of what was put outside. @param {string} outside */
function sizes(outside) {
  return ['moved', 'target', 'nothing', join('logs', 'llm_requests.jsonl')].map((name) => {
    const path = join(outside, name)
    return existsSync(path) ? readFileSync(path).length : -1
  })
}
