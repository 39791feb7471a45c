import { describe, expect, test } from 'vitest'
import { entriesOf, TraceReceiver } from '../../src/capture/otlp/index.js'
import { openTestLedger } from '../fixtures/open-test-ledger.js'
import { below, chat, exportOf, span, type Values } from './spans.js'
import { END, stoppedClock, TIMES } from './stopped-clock.js'

describe('what was said', () => {
  const asked = [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'Why?' },
  ]
  const parts = (text: string) => [{ type: 'text', content: text }]
  const forms: readonly (readonly [string, Values, Record<string, unknown>])[] = [
    [
      'OpenTelemetry, in attributes',
      {
        'gen_ai.system_instructions': JSON.stringify(parts('Be brief.')),
        'gen_ai.input.messages': JSON.stringify([{ role: 'user', parts: parts('Why?') }]),
        'gen_ai.output.messages': JSON.stringify([{ role: 'assistant', parts: parts('Because.') }]),
      },
      {},
    ],
    [
      'OpenTelemetry, in events',
      {},
      {
        events: [
          ['gen_ai.system.message', 'content', 'Be brief.'],
          ['gen_ai.user.message', 'content', 'Why?'],
          ['gen_ai.choice', 'message', '{"content":"Because."}'],
        ].map(([name, key, stringValue]) => ({ name, attributes: [{ key, value: { stringValue } }] })),
      },
    ],
    [
      'its predecessor, numbered',
      {
        'gen_ai.prompt.0.role': 'system',
        'gen_ai.prompt.0.content': 'Be brief.',
        'gen_ai.prompt.1.role': 'user',
        'gen_ai.prompt.1.content': 'Why?',
        'gen_ai.completion.0.content': 'Because.',
      },
      {},
    ],
    [
      'OpenInference',
      {
        'llm.input_messages.0.message.role': 'system',
        'llm.input_messages.0.message.content': 'Be brief.',
        'llm.input_messages.1.message.role': 'user',
        'llm.input_messages.1.message.contents.0.message_content.type': 'text',
        'llm.input_messages.1.message.contents.0.message_content.text': 'Why?',
        'llm.output_messages.0.message.role': 'assistant',
        'llm.output_messages.0.message.content': 'Because.',
      },
      {},
    ],
    [
      'the Vercel AI SDK',
      {
        'ai.prompt.messages': JSON.stringify([
          asked[0],
          { role: 'user', content: [{ type: 'text', text: 'Why?' }] },
        ]),
        'ai.response.text': 'Because.',
      },
      {},
    ],
  ]

  test.each(forms)(
    '%s: is in the chat log once where the option asks for it',
    async (_name, attributes, more) => {
      const own = await openTestLedger()
      const request = exportOf([chat(1, attributes, { ...TIMES, ...more })], {
        'ledgerline.project_id': own.project.id,
        'ledgerline.chat_id': 'c1',
      })
      const receiver = new TraceReceiver(own.ledger, { messages: true }, stoppedClock(END + 5000))
      await receiver.receive(request)
      await receiver.receive(request)
      const said = await own.ledger.readChat(own.project.id, 'c1')
      expect(said.map(({ role, content }) => ({ role, content }))).toEqual([
        ...asked,
        { role: 'assistant', content: 'Because.' },
      ])
      const [entry] = own.lines()
      expect(entry?.messages_included).toEqual(said.slice(0, 2).map(({ id }) => id))
      expect(said[2]?.llm_info?.request_id).toBe(entry?.id)
    },
  )

  test.each([
    [
      'endless values',
      `[{"role":"user","content":[{"type":"x","input":${'['.repeat(20_000)}${']'.repeat(20_000)}}]}]`,
    ],
    ['endless messages', `${'{"messages":'.repeat(20_000)}[]${'}'.repeat(20_000)}`],
    ['no JSON', '[{'],
    ['null', 'null'],
    ['other types', '[1,null,{"role":7,"content":{"a":1}},{"parts":[null,7,{}]}]'],
  ])('%s in it cost no entry', async (_name, text) => {
    const own = await openTestLedger()
    const attributes = { 'gen_ai.input.messages': text, 'gen_ai.output.messages': text, 'ai.prompt': text }
    const receiver = new TraceReceiver(
      own.ledger,
      { project: 'test', messages: true },
      stoppedClock(END + 5000),
    )
    const receipt = await receiver.receive(exportOf([chat(1, attributes, TIMES)]))
    expect(receipt.rejectedSpans).toBe(0)
    expect(own.lines()).toHaveLength(1)
  })

  test('is in no file without it', async () => {
    const own = await openTestLedger()
    const spans = forms.map(([, attributes, more], at) => chat(at + 1, attributes, { ...TIMES, ...more }))
    const receiver = new TraceReceiver(own.ledger, { project: 'test' }, stoppedClock(END + 5000))
    await receiver.receive(exportOf(spans))
    expect(own.lines()).toHaveLength(forms.length)
    expect(JSON.stringify(own.lines())).not.toMatch(/Why|Because|brief/)
  })

  test('an outer span tells it where the inner one does not', async () => {
    const own = await openTestLedger()
    const outer = { 'openinference.span.kind': 'LLM', 'llm.input_messages.0.message.content': 'Why?' }
    const request = exportOf([span(1, outer, TIMES), chat(2, {}, { ...TIMES, ...below(1) })])
    await new TraceReceiver(
      own.ledger,
      { project: 'test', messages: true },
      stoppedClock(END + 5000),
    ).receive(request)
    expect(entriesOf(request).entries).toHaveLength(1)
    expect(await own.ledger.readChat(own.project.id, 'otlp')).toMatchObject([
      { role: 'user', content: 'Why?' },
    ])
  })
})
