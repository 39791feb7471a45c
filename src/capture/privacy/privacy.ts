/** What is kept of a call's texts: applied to all of them before anything is written, hashed or cut. */
import { createHash } from 'node:crypto'
import type { HistoryMessage } from '../../chat-log/message.js'
import { toPlainJson } from '../../entry/plain-copy.js'
import { redactText } from '../../entry/redact.js'
import { type CaptureOptions, reportCaptureError } from '../capture.js'
import { isJson } from '../json.js'
import { withoutPersonalData } from './personal-data.js'

/** Stands where the application's own function failed: its text may hold what must not be written. */
export const REDACTION_FAILED = '[REDACTION FAILED]'

type PrivacyOptions = Pick<CaptureOptions, 'ledger' | 'content' | 'personalData' | 'redact'>

export class Privacy {
  readonly #options: PrivacyOptions
  readonly #changesText: boolean
  #hasReported = false

  constructor(options: PrivacyOptions) {
    this.#options = options
    this.#changesText = options.personalData === true || options.redact !== undefined
  }

  /** The messages as the chat log may keep them; none in the mode `none`. */
  history(history: readonly HistoryMessage[]): readonly HistoryMessage[] {
    switch (this.#options.content) {
      case 'none':
        return []
      case 'hashed':
        return history.map((message) => ({ ...message, content: hashed(this.#text(message.content)) }))
      default:
        if (!this.#changesText) return history
        return history.map((message) => ({ ...message, content: this.#text(message.content) }))
    }
  }

  /** The fields of an entry with their texts redacted; ids, names of models and numbers stay as they are. */
  entry<Fields extends object>(fields: Fields): Fields {
    if (!this.#changesText) return fields
    const texts = Object.entries(fields).filter(([name]) => !STRUCTURE.has(name))
    return { ...fields, ...Object.fromEntries(texts.map(([name, value]) => [name, this.#value(value)])) }
  }

  /** Of secrets first: another rule could leave a part of one that is not known as a secret any more. */
  #text(text: string): string {
    const { personalData, redact } = this.#options
    const secretless = redactText(text)
    const impersonal = personalData === true ? withoutPersonalData(secretless) : secretless
    if (redact === undefined) return impersonal
    try {
      const redacted: unknown = redact(impersonal)
      if (typeof redacted === 'string') return redacted
      throw new TypeError('redact returned no string')
    } catch (error) {
      this.#report(error)
      return REDACTION_FAILED
    }
  }

  #value(value: unknown): unknown {
    if (value === undefined || value === null) return value
    return typeof value === 'string' ? this.#text(value) : this.#within(toPlainJson(value))
  }

  /** Of plain JSON, whose depth is bounded. */
  #within(value: unknown): unknown {
    if (typeof value === 'string') return this.#text(value)
    if (Array.isArray(value)) return value.map((item) => this.#within(item))
    if (!isJson(value)) return value
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [this.#text(name), this.#within(item)]),
    )
  }

  /** Once a call: a function that fails does so at every text. */
  #report(error: unknown): void {
    if (this.#hasReported) return
    this.#hasReported = true
    reportCaptureError(this.#options, error)
  }
}

/** `sha256:<hex>:<length>`, the length in UTF-16 units. Equal texts stay equal, so a resent message is known again. */
function hashed(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}:${text.length}`
}

/** Fields that are no text of a user: what they hold decides where and how the entry counts. */
const STRUCTURE: ReadonlySet<string> = new Set([
  'id',
  'project_id',
  'chat_id',
  'parent_id',
  'model',
  'response_model',
  'provider',
  'status',
  'request_type',
  'timestamp_start',
  'timestamp_end',
  'messages_included',
  'output_format_hint',
  'response_id',
  'provider_request_id',
  'finish_reason',
  'http_status',
  'attempt',
  'failed_attempts',
  'usage',
  'usage_source',
  'timings',
  'cost',
])
