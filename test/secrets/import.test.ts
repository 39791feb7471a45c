/** Each kind of secret in each field of each record that can be imported, and in the names of its files. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { IMPORT_FORMATS, type ImportFormat } from '../../src/import/importer.js'
import { importLogs, type LedgerlineError } from '../../src/index.js'
import { tempFolder } from '../fixtures/temp-folder.js'
import { answerLine, at, codexLine, countLine } from '../import/session-lines.js'
import { CHAT, exportOf, span } from '../otlp/spans.js'
import { oneOfEach, type Secret } from './kinds.js'
import { type Json, variants } from './places.js'
import { openWatchedLedger } from './watched-ledger.js'

const TIMES = { startTime: at(0), endTime: at(1), completionStartTime: at(0) }

/** The records of one call; each text in them is a place. */
const CALLS: Readonly<Record<ImportFormat, (id: string) => readonly object[]>> = {
  'claude-code': (id) => [
    JSON.parse(
      answerLine({ id, output: 3, at: at(1), finish: 'end_turn', session: `s-${id}`, more: { slug: 's' } }),
    ),
  ],
  codex: (id) => [
    JSON.parse(codexLine('session_meta', { id, cwd: '/work', cli_version: '1', instructions: 'be brief' })),
    JSON.parse(codexLine('turn_context', { model: 'gpt-5', cwd: '/work', summary: 'auto' })),
    JSON.parse(countLine([10, 0, 5, 0], [10, 0, 5, 0])),
  ],
  'otlp-json': (id) => [
    exportOf(
      [
        span(
          1,
          { ...CHAT, 'user.id': 'u', 'error.type': 'e' },
          { traceId: id.padStart(32, '0'), status: { code: 2, message: 'failed' } },
        ),
      ],
      { 'service.name': 'shop' },
    ),
  ],
  litellm: (id) => [
    {
      ...TIMES,
      request_id: id,
      call_type: 'acompletion',
      api_key: 'k',
      model: 'gpt-4o-mini',
      model_group: 'g',
      custom_llm_provider: 'openai',
      user: 'u',
      end_user: 'e',
      team_id: 't',
      session_id: 's',
      request_tags: ['a'],
      messages: [{ role: 'user', content: 'said' }],
      response: 'heard',
      status: 'failure',
      metadata: {
        user_api_key: 'k',
        usage_object: { prompt_tokens: 1, completion_tokens: 2, note: 'n' },
        error_information: { error_class: 'E', error_code: '400', error_message: 'failed' },
      },
    },
  ],
  langfuse: (id) => [
    {
      ...TIMES,
      id,
      type: 'GENERATION',
      traceId: 't',
      sessionId: 's',
      userId: 'u',
      name: 'n',
      version: 'v',
      environment: 'production',
      model: 'gpt-4o-mini',
      level: 'ERROR',
      statusMessage: 'failed',
      input: 'said',
      output: 'heard',
      usageDetails: { input: 4, output: 2, note: 'n' },
      metadata: { note: 'n' },
    },
  ],
}

/** A name that a file can have; with a slash in it a secret is none. */
const nameOf = ({ shown }: Secret): string => (shown.includes('/') ? 'plain' : shown.slice(0, 200))

function writeSources(folder: string, format: ImportFormat, secret: Secret): void {
  const { kind, shown } = secret
  mkdirSync(folder)
  const write = (name: string, records: readonly Json[]): void => {
    writeFileSync(join(folder, name), records.map((record) => `${JSON.stringify(record)}\n`).join(''))
  }
  const idOf = (call: number): string => Buffer.from(`${call} ${kind}`).toString('hex').slice(0, 32)
  const calls = [...variants(CALLS[format](''), shown)].map(
    (_, place) => [...variants(CALLS[format](idOf(place)), shown)][place],
  )
  // A session of Codex is a file; the records of the others stand for themselves.
  const files = format === 'codex' ? calls : [calls.flat()]
  for (const [place, records] of files.entries()) write(`${place}.jsonl`, records)
  // Its name stands in for the session that it does not name.
  const nameless = CALLS[format](idOf(1_000)).map((record) => ({ ...record, sessionId: undefined }))
  write(`${nameOf(secret)}.jsonl`, format === 'codex' ? nameless.slice(1) : nameless)
  symlinkSync('/dev/null', join(folder, `link ${nameOf(secret)}.jsonl`))
}

test.each(IMPORT_FORMATS)('%s', async (format) => {
  const secrets = oneOfEach()
  const watched = await openWatchedLedger()
  const { ledger, projectId } = watched
  const folder = tempFolder()
  for (const [place, secret] of secrets.entries()) writeSources(join(folder, String(place)), format, secret)
  const report = await importLogs(ledger, { format, projectId, paths: [folder] })
  expect(report.newEntries).toBeGreaterThan(secrets.length * 10)
  expect(report.problems).toHaveLength(secrets.length)
  const problems = report.problems.map(({ code, message }: LedgerlineError) => ({ code, message }))
  watched.told('the report', JSON.stringify({ ...report, problems }))
  expect(await watched.leaks(secrets)).toEqual([])
})
