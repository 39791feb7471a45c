import { context, ROOT_CONTEXT } from '@opentelemetry/api'
import { expect, onTestFinished, test } from 'vitest'
import { inSpan, registerContexts, traceNumber } from '../../../test/fixtures/active-span.js'
import { activeTrace } from './active-trace.js'

test('the span that is active is found, also behind what is waited for', async () => {
  registerContexts()
  await Promise.all(
    [1, 2, 3].map((number) =>
      inSpan(traceNumber(number), async () => {
        expect(activeTrace()).toEqual(traceNumber(number))
        await new Promise((resolve) => setImmediate(resolve))
        expect(activeTrace()).toEqual(traceNumber(number))
      }),
    ),
  )
})

test('outside any span there is none', () => {
  registerContexts()
  expect(activeTrace()).toBeUndefined()
  inSpan(traceNumber(1), () => {
    expect(context.with(ROOT_CONTEXT, activeTrace)).toBeUndefined()
  })
})

test('of a span without valid ids there is none', () => {
  registerContexts()
  expect(inSpan({ traceId: '0'.repeat(32), spanId: '0'.repeat(16) }, activeTrace)).toBeUndefined()
})

const REGISTRY = Symbol.for('opentelemetry.js.api.1')
const refuse = (): never => {
  throw new Error('not mine')
}
const active = (value: unknown) => ({ context: { active: () => ({ getValue: () => value }) } })

test.each([
  ['nothing', undefined],
  ['null', null],
  ['a text', 'registry'],
  ['an empty object', {}],
  ['a tracer alone', { trace: {} }],
  ['contexts that are none', { context: 7 }],
  ['contexts that throw', { context: { active: refuse } }],
  ['no active context', { context: { active: () => undefined } }],
  ['a span that is none', active('span')],
  ['a span without a context', active({})],
  ['a span whose context throws', active({ spanContext: refuse })],
  ['a span context that is none', active({ spanContext: () => 7 })],
  ['ids that are numbers', active({ spanContext: () => ({ traceId: 1, spanId: 2 }) })],
  ['what throws when it is read', Object.defineProperty({}, 'context', { get: refuse })],
])('a registry that holds %s is none', (_name, registry) => {
  Reflect.set(globalThis, REGISTRY, registry)
  onTestFinished(() => void Reflect.deleteProperty(globalThis, REGISTRY))
  expect(activeTrace()).toBeUndefined()
})
