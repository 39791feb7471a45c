import { expect, test } from 'vitest'
import { TraceReceiver } from '../../src/capture/otlp/index.js'
import { below, chat, exportOf, span, spanId, TRACE } from '../otlp/spans.js'
import { openImport } from './open-import.js'
import { linesOf } from './session-lines.js'

const NOTHING_NEW = { newEntries: 0, changedEntries: 0 }

test('a call in a file is the entry that it would be if it were received', async () => {
  const request = exportOf([chat(1, { 'gen_ai.conversation.id': 'c-1' }), span(2, {})], {
    'service.name': 'shop',
  })
  const imported = await openImport()
  imported.file('traces.jsonl', linesOf(JSON.stringify(request)))
  expect(await imported.run('otlp-json')).toMatchObject({ newEntries: 1, skipped: [] })
  const received = await openImport()
  const { ledger, project } = received
  await new TraceReceiver(ledger, { project: project.id }).receive(request, {})
  const [[one], [other]] = [await imported.entries(), await received.entries()]
  const { import_format, import_mark, ...metadata } = Object(one?.metadata)
  expect([import_format, typeof import_mark]).toEqual(['otlp-json', 'string'])
  expect({ ...one, metadata, project_id: '' }).toEqual({ ...other, project_id: '' })

  received.file('traces.jsonl', linesOf(JSON.stringify(request)))
  expect(await received.run('otlp-json')).toMatchObject({ ...NOTHING_NEW, knownEntries: 1 })
})

test('one export over several lines, and lines of exports', async () => {
  const { file, run } = await openImport()
  file('one.json', JSON.stringify(exportOf([chat(1), chat(2)]), null, 2))
  file('many.jsonl', linesOf(...[3, 4].map((number) => JSON.stringify(exportOf([chat(number)])))))
  expect(await run('otlp-json')).toMatchObject({ newEntries: 4, records: 3, skipped: [] })
  expect(await run('otlp-json')).toMatchObject({ ...NOTHING_NEW, knownEntries: 4 })
})

test('a parent in a later line is not counted again', async () => {
  const { file, run, entries } = await openImport()
  const inner = chat(2, { 'gen_ai.response.id': 'r' }, below(1))
  const outer = chat(1)
  const other = chat(3, { 'gen_ai.response.id': 'another' })
  const beneath = chat(4, { 'gen_ai.response.id': 'its own' }, below(3))
  file(
    'traces.jsonl',
    linesOf(...[inner, outer, beneath, other].map((one) => JSON.stringify(exportOf([one])))),
  )
  expect(await run('otlp-json')).toMatchObject({ newEntries: 3, skipped: [{ reason: 'parent', records: 1 }] })
  expect((await entries()).map(({ id }) => id).sort()).toEqual(
    [2, 3, 4].map((number) => `otlp-${TRACE}-${spanId(number)}`),
  )
})

test('spans that are none are counted, and the others are imported', async () => {
  const { file, run } = await openImport()
  const bad = chat(1, {}, { traceId: '0' })
  file(
    'traces.jsonl',
    linesOf(JSON.stringify(exportOf([bad, chat(2)])), '{"resourceSpans":7}', '{"resourceMetrics":[]}'),
  )
  expect(await run('otlp-json')).toMatchObject({
    newEntries: 1,
    skipped: [{ reason: 'refused', records: 1 }],
  })
})
