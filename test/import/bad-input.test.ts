import { expect, test } from 'vitest'
import { openImport } from './open-import.js'
import { answerLine, at, toolLine } from './session-lines.js'

const NOTHING_NEW = { newEntries: 0, changedEntries: 0 }

const GOOD = answerLine({ id: 'good', output: 1, at: at(1) })
test.each<[string, string | Uint8Array, object]>([
  ['a duration of ages', `${GOOD.replace(/\}$/, ',"durationMs":1e300}')}\n`, { newEntries: 1, skipped: [] }],
  ['a cut line', `${GOOD.slice(0, -20)}\n${GOOD}\n`, { skipped: [{ reason: 'damaged', records: 1 }] }],
  [
    'a last line without its end',
    `${GOOD}\n${GOOD.slice(0, 50)}`,
    { skipped: [{ reason: 'damaged', records: 1 }] },
  ],
  [
    'zeros',
    Buffer.concat([Buffer.alloc(5000), Buffer.from(`\n${GOOD}\n`)]),
    { skipped: [{ reason: 'damaged', records: 1 }] },
  ],
  [
    'zeros inside',
    `${GOOD.replace('"Hi"', '"\0"')}\n${GOOD}\n`,
    { skipped: [{ reason: 'damaged', records: 1 }] },
  ],
  ['text that is no JSON', `hello\n[1]\nnull\n${GOOD}\n`, { skipped: [{ reason: 'damaged', records: 3 }] }],
  [
    'lines of Windows, blank ones and a byte order mark',
    `\uFEFF${GOOD}\r\n\r\n  \n`,
    { records: 1, skipped: [] },
  ],
  [
    'bytes that are no UTF-8',
    Buffer.concat([Buffer.from([0xff, 0xfe, 0x0a]), Buffer.from(`${GOOD}\n`)]),
    { skipped: [{ reason: 'damaged', records: 1 }] },
  ],
  [
    'nesting a million deep',
    `{"type":"assistant","message":{"usage":${'['.repeat(1e6)}${']'.repeat(1e6)}}}\n${GOOD}\n`,
    { skipped: [{ reason: 'no_usage', records: 1 }] },
  ],
  [
    'counts nested too deep to write',
    `${answerLine({ id: 'x', output: 1, at: at(1) }).replace('"service_tier":"standard"', `"service_tier":${'['.repeat(1e5)}${']'.repeat(1e5)}`)}\n${GOOD}\n`,
    { skipped: [{ reason: 'refused', records: 1 }] },
  ],
  [
    'a name that would be a prototype',
    `{"__proto__":{"type":"assistant"},"message":{"usage":{},"role":"assistant"}}\n${GOOD}\n`,
    { skipped: [] },
  ],
  ['an empty file', '', { newEntries: 0, records: 0 }],
])('%s is counted, and the rest is imported', async (_name, content, expected) => {
  const { file, run, entries } = await openImport()
  file('session.jsonl', content)
  expect(await run('claude-code')).toMatchObject({ newEntries: 1, problems: [], ...expected })
  expect(await entries()).toHaveLength(content.length === 0 ? 0 : 1)
  expect(Object.keys(Object.prototype)).toEqual([])
})

test('a line of 50 MB is passed over', async () => {
  const { file, run } = await openImport()
  const long = toolLine('x'.repeat(50_000_000))
  file('session.jsonl', `${GOOD}\n${long}\n${answerLine({ id: 'b', output: 1, at: at(2) })}\n`)
  expect(await run('claude-code')).toMatchObject({
    newEntries: 2,
    skipped: [{ reason: 'too_long', records: 1 }],
  })
})

test('own keys named __proto__ are data', async () => {
  const { file, run, entries } = await openImport()
  const line = GOOD.replace('"service_tier":"standard"', '"__proto__":{"polluted":1}')
  file('session.jsonl', `${line}\n`)
  expect(await run('claude-code')).toMatchObject({ newEntries: 1 })
  expect(Reflect.get({}, 'polluted')).toBeUndefined()
  expect(await entries()).toHaveLength(1)
})

test('secrets in what is kept are redacted', async () => {
  const { file, run, entries } = await openImport()
  const secret = `sk-ant-api03-${'a1B2'.repeat(10)}`
  const line = answerLine({
    id: 'a',
    output: 1,
    at: at(1),
    more: { cwd: `/work/${secret}`, version: secret, sessionId: secret },
  })
  file('session.jsonl', `${line}\n`)
  expect(await run('claude-code')).toMatchObject({ newEntries: 1 })
  expect(JSON.stringify(await entries())).not.toContain(secret)
  expect(await run('claude-code')).toMatchObject({ ...NOTHING_NEW, knownEntries: 1 })
})
