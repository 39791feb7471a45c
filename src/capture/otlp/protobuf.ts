/**
 * An ExportTraceServiceRequest in protobuf to the form that OTLP has in JSON, so that one reader takes both. The numbers
 * are those of opentelemetry/proto/trace/v1/trace.proto, resource.proto and common.proto, stable since 1.0.
 */
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire'
import { SpanCount } from './span-limit.js'

/** Values within values. A body that goes deeper is refused, as it cannot come from an exporter. */
const MAX_DEPTH = 32

/** Messages within the request: attributes as short as they can be would fill 16 MiB with about as many. */
const MAX_MESSAGES = 1_000_000

type Message = Record<string, unknown>
/** Reads the value of a field; what it returns is kept under the name, or added to the list of that name. */
type Read = (reader: TraceReader, end: number, depth: number) => unknown

interface Field {
  readonly name: string
  readonly isList: boolean
  readonly read: Read
}

/** By number and wire type: a known number with another wire type is an unknown field, as in any decoder. */
type Shape = ReadonlyMap<number, Field>

class TraceReader extends BinaryReader {
  readonly spans = new SpanCount()
  messages = 0
}

/** Throws TooManySpans, and an Error when the bytes are cut, nested too deep, of too many values or no protobuf. Unknown fields are skipped. */
export function decodeTraces(bytes: Uint8Array): unknown {
  return readMessage(new TraceReader(bytes), bytes.length, REQUEST, 0)
}

function readMessage(reader: TraceReader, end: number, shape: Shape, depth: number): Message {
  if (depth > MAX_DEPTH) throw new RangeError('nested too deep')
  if (++reader.messages > MAX_MESSAGES) throw new RangeError('holds too many values')
  const message: Message = {}
  while (reader.pos < end) {
    const [number, wire] = reader.tag()
    const field = shape.get(keyOf(number, wire))
    if (field === undefined) {
      reader.skip(wire, number)
      continue
    }
    const value = field.read(reader, end, depth)
    if (!field.isList) message[field.name] = value
    else {
      const list = message[field.name]
      if (Array.isArray(list)) list.push(value)
      else message[field.name] = [value]
    }
  }
  if (reader.pos !== end) throw new RangeError('a field is longer than its message')
  return message
}

function keyOf(number: number, wire: WireType): number {
  return number * 8 + wire
}

/** A message inside of another; `shape` is asked for late, since values hold values. */
function inner(shape: () => Shape): Read {
  return (reader, end, depth) => readMessage(reader, endOf(reader, end), shape(), depth + 1)
}

/** A span or a group of them. */
function counted(shape: () => Shape): Read {
  const read = inner(shape)
  return (reader, end, depth) => {
    reader.spans.add(1)
    return read(reader, end, depth)
  }
}

function endOf(reader: BinaryReader, outerEnd: number): number {
  const length = reader.uint32()
  const end = reader.pos + length
  if (end > outerEnd) throw new RangeError('a message is longer than what it is in')
  return end
}

function bytesIn(reader: BinaryReader, outerEnd: number): Uint8Array {
  const bytes = reader.bytes()
  if (reader.pos > outerEnd) throw new RangeError('a text is longer than its message')
  return bytes
}

const decoder = new TextDecoder()
const text: Read = (reader, end) => decoder.decode(bytesIn(reader, end))
const hex: Read = (reader, end) => Buffer.from(bytesIn(reader, end)).toString('hex')
const nanos: Read = (reader) => String(reader.fixed64())
const integer: Read = (reader) => String(reader.int64())
const choice: Read = (reader) => reader.int32()
const truth: Read = (reader) => reader.bool()
const number: Read = (reader) => reader.double()
const ignored: Read = (reader, end) => {
  bytesIn(reader, end)
  return undefined
}

const { Varint, Bit64, LengthDelimited } = WireType

function shapeOf(fields: readonly (readonly [number, WireType, string, Read, 'list'?])[]): Shape {
  return new Map(
    fields.map(([at, wire, name, read, list]) => [keyOf(at, wire), { name, read, isList: list === 'list' }]),
  )
}

const VALUE: Shape = shapeOf([
  [1, LengthDelimited, 'stringValue', text],
  [2, Varint, 'boolValue', truth],
  [3, Varint, 'intValue', integer],
  [4, Bit64, 'doubleValue', number],
  [5, LengthDelimited, 'arrayValue', inner(() => VALUES)],
  [6, LengthDelimited, 'kvlistValue', inner(() => PAIRS)],
  [7, LengthDelimited, 'bytesValue', ignored],
])
const VALUES = shapeOf([[1, LengthDelimited, 'values', inner(() => VALUE), 'list']])
const PAIR = shapeOf([
  [1, LengthDelimited, 'key', text],
  [2, LengthDelimited, 'value', inner(() => VALUE)],
])
const PAIRS = shapeOf([[1, LengthDelimited, 'values', inner(() => PAIR), 'list']])
const EVENT = shapeOf([
  [1, Bit64, 'timeUnixNano', nanos],
  [2, LengthDelimited, 'name', text],
  [3, LengthDelimited, 'attributes', inner(() => PAIR), 'list'],
])
const STATUS = shapeOf([
  [2, LengthDelimited, 'message', text],
  [3, Varint, 'code', choice],
])
const SPAN = shapeOf([
  [1, LengthDelimited, 'traceId', hex],
  [2, LengthDelimited, 'spanId', hex],
  [4, LengthDelimited, 'parentSpanId', hex],
  [5, LengthDelimited, 'name', text],
  [7, Bit64, 'startTimeUnixNano', nanos],
  [8, Bit64, 'endTimeUnixNano', nanos],
  [9, LengthDelimited, 'attributes', inner(() => PAIR), 'list'],
  [11, LengthDelimited, 'events', inner(() => EVENT), 'list'],
  [15, LengthDelimited, 'status', inner(() => STATUS)],
])
const SCOPE_SPANS = shapeOf([[2, LengthDelimited, 'spans', counted(() => SPAN), 'list']])
const RESOURCE = shapeOf([[1, LengthDelimited, 'attributes', inner(() => PAIR), 'list']])
const RESOURCE_SPANS = shapeOf([
  [1, LengthDelimited, 'resource', inner(() => RESOURCE)],
  [2, LengthDelimited, 'scopeSpans', counted(() => SCOPE_SPANS), 'list'],
])
const REQUEST = shapeOf([[1, LengthDelimited, 'resourceSpans', counted(() => RESOURCE_SPANS), 'list']])
