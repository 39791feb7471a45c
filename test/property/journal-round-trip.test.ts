import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { LLMRequestLogEntry } from '../../src/index.js'
import { openLedger } from '../../src/index.js'
import { readLogLines } from '../fixtures/open-test-ledger.js'
import { tempFolder } from '../fixtures/temp-folder.js'

const text = fc.string({ unit: 'binary', maxLength: 30 })
const hostile = fc.oneof(
  text,
  fc.constantFrom(
    '\r\n{"forged":1}',
    '\u2028\u2029\u0085',
    '\0',
    '\x1b[2J',
    '\ud800',
    '{"id":"x"}',
    '"',
    '\\',
    '\u202E',
  ),
)

const entries = fc.array(
  fc.record(
    {
      user_id: hostile,
      finish_reason: hostile,
      tags: fc.array(hostile, { maxLength: 3 }),
      error: fc.record({ code: hostile, message: hostile }),
      metadata: fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, maxDepth: 4 }),
      params: fc.jsonValue(),
      unknown_field: fc.dictionary(hostile, hostile, { maxKeys: 3 }),
      status: fc.constantFrom('success', 'error', 'timeout', 'pending'),
      usage: fc.record({ prompt_tokens: fc.nat(), completion_tokens: fc.nat() }),
    },
    { requiredKeys: [] },
  ),
  { minLength: 1, maxLength: 12 },
)

test('whatever entries hold, each is one line, in order, and its JSON text comes back as it was', async () => {
  await fc.assert(
    fc.asyncProperty(entries, async (given) => {
      await using ledger = await openLedger({
        workspace: tempFolder(),
        liveCounters: false,
        systemLog: { level: 'silent', pretty: false, file: false },
      })
      const project = await ledger.createProject({ name: 'Test' })
      const results = await Promise.all(
        given.map((entry) =>
          ledger.logLLMRequest({
            ...entry,
            project_id: project.id,
            chat_id: 'c',
            model: 'm',
          } as LLMRequestLogEntry),
        ),
      )
      const lines = readLogLines(project)
      expect(lines.map(({ id }) => id)).toEqual(results.map(({ id }) => id))
      for (const [i, entry] of given.entries()) {
        for (const field of [
          'user_id',
          'finish_reason',
          'tags',
          'error',
          'unknown_field',
          'params',
        ] as const) {
          if (entry[field] !== undefined) expect(lines[i]?.[field]).toEqual(wellFormed(entry[field]))
        }
      }
    }),
    { numRuns: 60 },
  )
})

/** As the file holds it: lone surrogates become U+FFFD, in names with their code; -0 is 0, in JSON's own reading. */
function wellFormed(value: unknown): unknown {
  const json = JSON.stringify(value, (_, item) => (typeof item === 'string' ? item.toWellFormed() : item))
  return JSON.parse(json.replace(/\\u(d[89a-f][0-9a-f]{2})/gi, '\ufffd$1'))
}
