/**
 * Files of OTLP JSON: an export of spans a line, as a collector writes them, or one export over several lines. Which
 * spans are calls, and their ids, is decided where exports are received: the same span is one entry by either way.
 */
import { chatIdFor, entriesOf, type SpanEntry } from '../../capture/otlp/index.js'
import { type Fields, isObject } from '../../entry/own-fields.js'
import type { Importer, Reading } from '../importer.js'
import { instantOf } from '../source-fields.js'

const SPANS = Buffer.from('"resourceSpans"')

export function otlpJson(): Importer {
  /** The response that a call beneath a span names, by the ids of trace and span; empty when it names none. */
  const beneath = new Map<string, string>()
  return {
    format: 'otlp-json',
    idPrefix: 'otlp-',
    endings: ['.jsonl', '.json'],
    shape: 'objects',
    keeps: 'last',
    mayCount: (record) => record.includes(SPANS),
    survey(record) {
      for (const entry of entriesOf(record).entries) {
        const [{ traceId, parentSpanId }] = entry.spans
        if (parentSpanId !== '') beneath.set(traceId + parentSpanId, responseOf(entry))
      }
    },
    open: () => ({ read: (record) => readExport(record, beneath) }),
  }
}

function readExport(record: Fields, beneath: ReadonlyMap<string, string>): Reading[] {
  const { entries, rejected } = entriesOf(record)
  const readings = entries.map((entry): Reading => {
    const [{ traceId, spanId }] = entry.spans
    // A span ends, and is exported, before those around it: its parent may be in another line.
    const response = beneath.get(traceId + spanId)
    const isParent = response !== undefined && isSameResponse(response, responseOf(entry))
    return isParent ? 'parent' : candidateOf(entry)
  })
  return [...readings, ...rejected.map((): Reading => 'refused')]
}

function candidateOf({ fields, place, spans }: SpanEntry): Reading {
  const { id, model, timestamp_start: start, timestamp_end: end, metadata, status, error, ...rest } = fields
  const startMs = instantOf(start)
  const endMs = instantOf(end) ?? startMs
  if (startMs === undefined || endMs === undefined) return 'no_time'
  const { chat = place.service } = place
  return {
    id,
    startMs,
    endMs,
    entry: {
      ...rest,
      chat_id: chatIdFor(chat ?? spans[0].traceId),
      model,
      ...(error ? { error } : {}),
      status: status === 'error' || status === 'timeout' ? status : 'success',
      metadata: isObject(metadata) ? metadata : {},
    },
  }
}

function responseOf({ fields }: SpanEntry): string {
  return typeof fields.response_id === 'string' ? fields.response_id : ''
}

function isSameResponse(one: string, other: string): boolean {
  return one === '' || other === '' || one === other
}
