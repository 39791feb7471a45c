/**
 * The contract of all captures, whatever SDK they watch: what is known when a call begins and when it ends.
 * `CapturedCall` makes ledger calls of it; `openai/` is one adapter.
 */
import type { HistoryMessage } from '../chat-log/message.js'
import type {
  EntryError,
  LLMRequestLogEntry,
  OutputFormat,
  RequestType,
  Usage,
  UsageSource,
} from '../entry/entry.js'
import type { Ledger } from '../ledger.js'
import type { CountedUsage } from '../tokens/count.js'

/** The request as the application made it. */
export interface CaptureRequest {
  /** `chat.completions`, `responses`, `embeddings` or `messages` (Anthropic). */
  readonly endpoint: string
  /** What is sent, as the application passed it; not to be changed. */
  readonly body: Readonly<Record<string, unknown>>
}

/** A value, or a function that finds it for each request. */
export type PerRequest<T> = T | ((request: CaptureRequest) => T)

export interface CaptureOptions {
  readonly ledger: Pick<Ledger, 'logLLMRequest' | 'appendMessage' | 'appendMessages' | 'logError' | 'defer'>
  readonly projectId: PerRequest<string>
  readonly chatId: PerRequest<string>
  /** In place of the one that the base URL tells. */
  readonly provider?: PerRequest<string>
  readonly userId?: PerRequest<string>
  readonly sessionId?: PerRequest<string>
  readonly tags?: PerRequest<readonly string[]>
  readonly environment?: PerRequest<string>
  readonly metadata?: PerRequest<unknown>
  /** False keeps the messages out of the chat log, as `content: 'none'` does; default true. */
  readonly messages?: boolean
  /**
   * What the chat log keeps of each message: its text (`full`, the default), SHA-256 and length of it (`hashed`), or
   * nothing, not even the message (`none`). Hashes are of the redacted text.
   */
  readonly content?: ContentMode
  /** Names of request headers to keep as `request_headers`, in any case. Those that hold secrets never are. */
  readonly headers?: readonly string[]
  /** True takes e-mail addresses, phone and card numbers and IBANs out of all text; default false. */
  readonly personalData?: boolean
  /**
   * Called with each text that is written, secrets already taken out; what it returns is written in its place. Where it
   * throws, `[REDACTION FAILED]` is.
   */
  readonly redact?: (text: string) => string
}

export type ContentMode = 'full' | 'hashed' | 'none'

/** What an adapter knows when the request is sent. */
export interface CallStart {
  readonly request: CaptureRequest
  readonly model: string
  readonly provider: string
  /** What goes to the model, oldest first. */
  readonly history: readonly HistoryMessage[]
  /** Settings such as temperature; never the messages. */
  readonly params: Readonly<Record<string, unknown>>
  readonly outputFormat?: OutputFormat | undefined
  /** Default `chat`. */
  readonly requestType?: RequestType
  /** Texts beside the conversation, such as those of embeddings: counted where the provider does not, never logged. */
  readonly inputs?: readonly string[]
  /** All that were sent; those that the options name are kept. */
  readonly headers?: Headers | undefined
  /** The entry that this call repeats or belongs to. */
  readonly parentId?: string | undefined
}

/** What is known at the end. */
export interface CallEnd {
  readonly status: 'success' | 'error' | 'timeout'
  readonly error?: EntryError | undefined
  /** The answer as messages of the chat; what had arrived when it broke off. */
  readonly answer?: readonly HistoryMessage[] | undefined
  readonly usage?: Usage | undefined
  readonly usageSource?: UsageSource | undefined
  /** Finds the two where nobody told them. Called behind the caller, once. */
  readonly count?: (() => Promise<CountedUsage>) | undefined
  /** Further fields of the entry. */
  readonly fields?: Partial<LLMRequestLogEntry> | undefined
}

/** A failure of ours goes to the system log; when that fails too, nowhere. */
export function reportCaptureError(options: Pick<CaptureOptions, 'ledger'>, error: unknown): void {
  try {
    options.ledger.logError(error, { source: 'capture' }).catch(() => {})
  } catch {
    // The application must not notice.
  }
}

/** What an option says for a request. Throws what its function throws. */
export function valueFor<T>(value: PerRequest<T>, request: CaptureRequest): T {
  return isFunction(value) ? value(request) : value
}

function isFunction<T>(value: PerRequest<T>): value is (request: CaptureRequest) => T {
  return typeof value === 'function'
}
