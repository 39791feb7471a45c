/**
 * Sessions of Codex: a JSON object a line. After each call it writes the session's totals, and the same totals again at
 * other occasions: what counts is by how much they grew. A session that was forked from another begins with a copy of
 * it, under new times; its calls are known by the session they began in and by their totals.
 */
import type { Usage } from '../../entry/entry.js'
import type { Fields } from '../../entry/own-fields.js'
import { normaliseUsage } from '../../tokens/normalise.js'
import { idPrefix, importId } from '../import-id.js'
import type { Importer, Reading, RecordReader } from '../importer.js'
import { amountOf, chatIdOf, fieldsOf, instantOf, present, textOf } from '../source-fields.js'

const MARKS = ['"token_count"', '"turn_context"', '"session_meta"'].map((text) => Buffer.from(text))

const COUNTS = ['input_tokens', 'cached_input_tokens', 'output_tokens', 'reasoning_output_tokens'] as const
/** Tokens, in the order of COUNTS: cached are part of the input, reasoning is part of the output. */
type Totals = readonly number[]

export function codex(): Importer {
  return {
    format: 'codex',
    idPrefix: idPrefix('codex'),
    endings: ['.jsonl'],
    shape: 'lines',
    keeps: 'first',
    mayCount: (record) => MARKS.some((mark) => record.includes(mark)),
    open: (fileName) => new SessionReader(fileName),
  }
}

class SessionReader implements RecordReader {
  /** Of the file: the first session that it names. */
  #session: Fields | undefined
  /** Of the lines that follow: a copy of another session begins with that one's own first line. */
  #origin: string
  #model: string | undefined
  #totals: Totals | undefined
  /** How often the totals began anew. */
  #resets = 0

  constructor(fileName: string) {
    this.#origin = fileName.split(/[\\/]/).at(-1) ?? ''
  }

  read(line: Fields): Reading {
    const payload = fieldsOf(line.payload)
    switch (line.type) {
      case 'session_meta':
        this.#session ??= payload
        this.#origin = textOf(payload.id) ?? this.#origin
        return undefined
      case 'turn_context':
        this.#model = textOf(payload.model) ?? this.#model
        return undefined
      case 'event_msg':
        return payload.type === 'token_count' ? this.#readCounts(line, payload) : undefined
      default:
        return undefined
    }
  }

  #readCounts({ timestamp }: Fields, { info }: Fields): Reading {
    const { total_token_usage: total, last_token_usage: last } = fieldsOf(info)
    const totals = totalsOf(total) ?? sumOf(this.#totals, totalsOf(last))
    // A line of limits alone.
    if (totals === undefined) return undefined
    const before = this.#totals
    if (before !== undefined && totals.every((count, index) => count === before[index])) return 'repeated'
    const isReset = before !== undefined && totals.some((count, index) => count < (before[index] ?? 0))
    if (isReset) this.#resets++
    const counts =
      before === undefined || isReset
        ? (totalsOf(last) ?? totals)
        : totals.map((count, index) => count - (before[index] ?? 0))
    this.#totals = totals

    const usage = usageOf(counts, info)
    if (usage === undefined) return 'no_usage'
    const endMs = instantOf(timestamp)
    if (endMs === undefined) return 'no_time'
    const session = fieldsOf(this.#session)
    const id = textOf(session.id) ?? this.#origin
    return {
      id: importId('codex', [this.#origin, String(this.#resets), ...totals.map(String)]),
      startMs: endMs,
      endMs,
      entry: {
        chat_id: chatIdOf(id),
        // Old versions do not say which one it was; no price is better than a wrong one.
        model: this.#model ?? 'unknown',
        provider: 'openai',
        status: 'success',
        usage,
        session_id: id,
        metadata: present({
          cwd: textOf(session.cwd),
          version: textOf(session.cli_version),
          forked_from: this.#origin === id ? undefined : this.#origin,
        }),
      },
    }
  }
}

/** Undefined where there is no object of counts. */
function totalsOf(value: unknown): Totals | undefined {
  const fields = fieldsOf(value)
  if (amountOf(fields.input_tokens) === undefined && amountOf(fields.output_tokens) === undefined)
    return undefined
  return COUNTS.map((name) => amountOf(fields[name]) ?? 0)
}

/** The totals where a line has the last call alone. */
function sumOf(before: Totals | undefined, last: Totals | undefined): Totals | undefined {
  return before === undefined ? last : last?.map((count, index) => count + (before[index] ?? 0))
}

function usageOf([input, cached, output, reasoning]: Totals, info: unknown): Usage | undefined {
  const usage = normaliseUsage('openai', {
    input_tokens: input,
    input_tokens_details: { cached_tokens: cached },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: reasoning },
  })
  return usage && { ...usage, provider_usage: fieldsOf(info) }
}
