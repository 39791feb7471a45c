/** Exports for tests: spans in the JSON form of OTLP, and their bytes in protobuf by a small encoder of our own. */
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import { expect } from 'vitest'
import { entriesOf } from '../../src/capture/otlp/index.js'

export type Values = Readonly<Record<string, unknown>>

export interface AnySpan {
  [field: string]: unknown
}

/** Of the spans of tests, unless they say otherwise. */
export const TRACE = '0af7651916cd43dd8448eb211c80319c'
export const START = 1_764_400_000_123_456_789n

/** 16 hex digits. */
export function spanId(number: number): string {
  return number.toString(16).padStart(16, '0')
}

/** A finished span of 1.5 seconds. */
export function span(number: number, attributes: Values, more: AnySpan = {}): AnySpan {
  return {
    traceId: TRACE,
    spanId: spanId(number),
    name: `span ${number}`,
    startTimeUnixNano: String(START),
    endTimeUnixNano: String(START + 1_500_000_000n),
    attributes: pairs(attributes),
    ...more,
  }
}

/** Below another span. */
export function below(parent: number, more: AnySpan = {}): AnySpan {
  return { parentSpanId: spanId(parent), ...more }
}

/** The attributes of a chat by the conventions of OpenTelemetry. */
export const CHAT = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'openai',
  'gen_ai.request.model': 'gpt-4o',
  'gen_ai.usage.input_tokens': 100,
  'gen_ai.usage.output_tokens': 20,
} as const

export function chat(number: number, attributes: Values = {}, more: AnySpan = {}): AnySpan {
  return span(number, { ...CHAT, ...attributes }, more)
}

export function exportOf(spans: readonly unknown[], resource: Values = {}): { resourceSpans: AnySpan[] } {
  return {
    resourceSpans: [
      {
        resource: { attributes: pairs(resource) },
        scopeSpans: [{ scope: { name: 'test' }, spans: [...spans] }],
      },
    ],
  }
}

/** The only entry of one span with these attributes. */
export function entryOf(attributes: Values, more: AnySpan = {}): AnySpan {
  const { entries, rejected } = entriesOf(exportOf([span(1, attributes, more)]))
  expect(rejected).toEqual([])
  expect(entries).toHaveLength(1)
  return { ...entries[0]?.fields }
}

export function pairs(values: Values): AnySpan[] {
  return Object.entries(values).map(([key, value]) => ({ key, value: anyValue(value) }))
}

function anyValue(value: unknown): AnySpan {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value === 'number')
    return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value }
  if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValue) } }
  if (typeof value === 'object' && value !== null) return { kvlistValue: { values: pairs({ ...value }) } }
  return {}
}

/** Numbers of fields as in the .proto files of OTLP, written down here once more and not taken from the decoder. */
export function protobufOf(request: { readonly resourceSpans: readonly AnySpan[] }): Uint8Array {
  const writer = new BinaryWriter()
  for (const group of request.resourceSpans) {
    within(writer, 1, () => {
      const { resource, scopeSpans } = group
      within(writer, 1, () => writePairs(writer, 1, listIn(resource, 'attributes')))
      for (const scope of asList(scopeSpans)) {
        within(writer, 2, () => {
          within(writer, 1, () => text(writer, 1, 'test'))
          for (const one of listIn(scope, 'spans')) within(writer, 2, () => writeSpan(writer, one))
        })
      }
    })
  }
  return writer.finish()
}

function writeSpan(writer: BinaryWriter, one: unknown): void {
  bytes(writer, 1, Buffer.from(String(field(one, 'traceId')), 'hex'))
  bytes(writer, 2, Buffer.from(String(field(one, 'spanId')), 'hex'))
  const parent = field(one, 'parentSpanId')
  if (parent !== undefined) bytes(writer, 4, Buffer.from(String(parent), 'hex'))
  text(writer, 5, String(field(one, 'name')))
  writer.tag(6, WireType.Varint).int32(3)
  writer.tag(7, WireType.Bit64).fixed64(BigInt(String(field(one, 'startTimeUnixNano') ?? 0)))
  writer.tag(8, WireType.Bit64).fixed64(BigInt(String(field(one, 'endTimeUnixNano') ?? 0)))
  writePairs(writer, 9, listIn(one, 'attributes'))
  writer.tag(10, WireType.Varint).uint32(0)
  for (const event of listIn(one, 'events')) {
    within(writer, 11, () => {
      writer.tag(1, WireType.Bit64).fixed64(BigInt(String(field(event, 'timeUnixNano') ?? 0)))
      text(writer, 2, String(field(event, 'name')))
      writePairs(writer, 3, listIn(event, 'attributes'))
    })
  }
  const status = field(one, 'status')
  if (status !== undefined) {
    within(writer, 15, () => {
      text(writer, 2, String(field(status, 'message') ?? ''))
      writer.tag(3, WireType.Varint).int32(Number(field(status, 'code')))
    })
  }
  writer.tag(16, WireType.Bit32).fixed32(1)
}

function writePairs(writer: BinaryWriter, number: number, list: readonly unknown[]): void {
  for (const pair of list) {
    within(writer, number, () => {
      text(writer, 1, String(field(pair, 'key')))
      within(writer, 2, () => writeValue(writer, field(pair, 'value')))
    })
  }
}

function writeValue(writer: BinaryWriter, value: unknown): void {
  const [[kind, content] = ['', undefined]] = Object.entries(Object(value))
  if (kind === 'stringValue') text(writer, 1, String(content))
  else if (kind === 'boolValue') writer.tag(2, WireType.Varint).bool(content === true)
  else if (kind === 'intValue') writer.tag(3, WireType.Varint).int64(String(content))
  else if (kind === 'doubleValue') writer.tag(4, WireType.Bit64).double(Number(content))
  else if (kind === 'arrayValue') {
    within(writer, 5, () => {
      for (const item of listIn(content, 'values')) within(writer, 1, () => writeValue(writer, item))
    })
  } else if (kind === 'kvlistValue') within(writer, 6, () => writePairs(writer, 1, listIn(content, 'values')))
}

function within(writer: BinaryWriter, number: number, write: () => void): void {
  writer.tag(number, WireType.LengthDelimited).fork()
  write()
  writer.join()
}

function text(writer: BinaryWriter, number: number, value: string): void {
  writer.tag(number, WireType.LengthDelimited).string(value)
}

function bytes(writer: BinaryWriter, number: number, value: Uint8Array): void {
  writer.tag(number, WireType.LengthDelimited).bytes(value)
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}

function listIn(value: unknown, name: string): readonly unknown[] {
  return asList(field(value, name))
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
