/**
 * Every error a caller can meet. Each carries a stable `code`, the `operation` that failed, the `path` it
 * touched (when there is one), the `cause` and a `hint` that says what to do.
 */
import { redactText } from './entry/redact-text.js'

/** Code -> what to do about it. `docs/errors.md` is generated from this table. */
export const ERROR_HINTS = {
  INVALID_ENTRY: 'Pass a plain object with at least project_id, chat_id and model.',
  INVALID_ID:
    'Ids are 1-128 characters of A-Z a-z 0-9 . _ -, start with a letter or digit, and contain no "..".',
  INVALID_PROJECT_ID:
    'Pass the id that the project got when it was created: 1-128 characters of A-Z a-z 0-9 . _ -.',
  INVALID_CHAT_ID:
    'Pass a chat id of 1-128 characters of A-Z a-z 0-9 . _ -; two ids may not differ in case only.',
  INVALID_MODEL: 'Pass the model name the provider knows, 1-256 characters without control characters.',
  INVALID_STATUS: 'Use one of pending, success, error, timeout.',
  INVALID_TIMESTAMP_START: 'Pass an ISO 8601 instant with a zone, such as 2026-01-31T14:00:00.000Z.',
  INVALID_TIMESTAMP_END: 'Pass an ISO 8601 instant with a zone that is not before timestamp_start.',
  INVALID_REQUEST_TYPE: 'Use one of chat, tool, workflow, embedding, image, audio, other.',
  INVALID_MESSAGES_INCLUDED: 'Pass an array of message ids.',
  INVALID_USAGE: 'Token counts are non-negative safe integers.',
  INVALID_TIMINGS: 'Timings are finite, non-negative milliseconds.',
  INVALID_OUTPUT_FORMAT_HINT: 'Use one of text, markdown, json.',
  INVALID_TOUCHED_FILES: 'Pass an array of strings.',
  INVALID_TOUCHED_ENTITIES: 'Pass an array of strings.',
  INVALID_HTTP_STATUS: 'Pass an integer from 100 to 599.',
  INVALID_ERROR: 'Pass {code, message} with two strings, or null.',
  INVALID_TAGS: 'Pass an array of strings.',
  INVALID_ATTEMPT: 'Pass an integer from 1.',
  INVALID_COST:
    'Pass {amount, source}: USD as a number from 0 to 1e9, or null; source provider, override, price_book or none.',
  INVALID_USAGE_SOURCE: 'Use one of provider, tokenizer, heuristic, none.',
  INVALID_TEXT_FIELD: 'Pass a string of at most 256 characters.',
  ENTRY_TOO_LARGE: 'One line may hold 8 MiB: store large content elsewhere and keep a reference in metadata.',
  INVALID_SCOPE: "Use {type:'global'}, {type:'project', projectId} or {type:'chat', projectId, chatId}.",
  INVALID_DATE:
    'Pass a date (2026-01-31) or an instant with a zone (2026-01-31T14:00:00Z); the first is not after the last.',
  INVALID_TIMEZONE: 'Pass an IANA time zone such as Europe/Berlin.',
  INVALID_GROUP_BY: 'Group by hour, day, week, month or a dimension of the entry, or a list of these.',
  INVALID_FILTER:
    'Filter on a dimension of the entry, with a string or a list of strings; status and request_type have fixed values.',
  INVALID_OPTION: 'Use a value that the message allows; docs/configuration.md lists all options.',
  INVALID_SEAL_KEY:
    'Pass an Ed25519 key as PEM text, or the path of a file that holds it: openssl genpkey -algorithm ed25519.',
  PRICES_INVALID:
    'Mend the rule that the message names in prices.json, or in the file of LEDGERLINE_PRICES or the option prices; docs/prices.md lists the fields of a rule.',
  INVALID_CURSOR: 'Pass the cursor that came with the page before, unchanged.',
  INVALID_NAME:
    'Project names are 1-100 characters: a letter or digit first, then letters, digits, _, -, space, and no key or token. Chat names are 1-200 characters.',
  INVALID_MESSAGE:
    'A message has a role (system, user, assistant, tool) and content of at most 1,000,000 characters.',
  INVALID_EVENT:
    'An event has an event_type of 1-128 characters and a level trace, debug, info, warn, error or fatal.',
  PROJECT_NOT_FOUND:
    'Check its id in the list of projects, or create it. Where the message names a project.json, put that file back first.',
  PROJECT_UNREADABLE:
    'Put back what the message names, from a copy or by hand; docs/reliability.md says what project.json must hold.',
  CHAT_NOT_FOUND:
    'Create the chat first, or check its id in the list of chats. A chat that only entries name has stats, but is not in that list.',
  REQUEST_NOT_FOUND: 'No entry has this id; check it in the list of entries.',
  LOG_WRITE_ERROR:
    'Check that the disk has space and that this user may write to the folder, then log again.',
  LOG_READ_ERROR:
    'Check that the path is a folder or file as docs/journal-format.md says, and that this user may read it.',
  SOURCE_UNREADABLE:
    'Pass a file or folder that is there and that this user may read; then import again, what is there is not doubled.',
  WORKSPACE_NOT_WRITABLE:
    'Choose another folder with --workspace or LEDGERLINE_WORKSPACE; one that is there must be a folder, and writable.',
  PATH_IS_SYMLINK: 'A log path is a symbolic link; replace it with a regular file or folder.',
  SEAL_KEY_MISSING:
    'The seals here are signed: set LEDGERLINE_SEALS_PRIVATE_KEY or seals.privateKey to their key, or to a new one. Nothing is lost until then.',
  SEGMENT_CHANGED:
    'A closed segment was damaged or written to: `ledgerline verify --seals` says what is wrong with it, `ledgerline repair` saves what damage left.',
  CLOCK_NOT_TRUSTED:
    'Check the date of this machine; when it is right, run `ledgerline cleanup --trust-clock` or call cleanupOldLogs({ trustClock: true }).',
  UPKEEP_BUSY: 'Another process is sealing, compressing or deleting here; call again when it is done.',
  LEDGER_CLOSED: 'The ledger was closed; open it again.',
  LOG_QUEUE_FULL:
    'The disk takes lines more slowly than they come: await the calls, look at the disk, or raise queue.maxLines and queue.maxBytes.',
  REQUEST_ALREADY_ENDED: 'complete, fail or timeout may be called once for a request.',
  REGISTRY_IS_EXTERNAL: "Projects belong to the host's registry; create them there.",
  STATS_ENGINE_ERROR:
    'The question could not be answered from the log files; run with LOG_LEVEL=debug for the cause.',
  INVALID_SQL:
    'Ask one SELECT over llm_requests, llm_request_lines, messages and message_lines; docs/sql.md lists their columns.',
  QUERY_FAILED:
    'Ask for less at once, or free memory and space in the temporary folder; run the query again when the cause has gone.',
  QUERY_CANCELLED: 'Nothing is left of the query; run it again.',
  OUTPUT_NOT_WRITABLE:
    'Choose another file with --output; its folder must be there, writable and have space.',
  PORT_IN_USE: 'Stop the other process or choose another port with --port or LEDGERLINE_PORT.',
  LISTEN_FAILED:
    'Choose another port (--port, LEDGERLINE_PORT) or another loopback address (--host, LEDGERLINE_HOST).',
  WORKSPACE_NOT_FOUND:
    'Pass the folder with --workspace or LEDGERLINE_WORKSPACE, or create a project in it first.',
  FORBIDDEN_HOST: 'Call the server by localhost, 127.0.0.1 or [::1] and the port it listens on.',
  FORBIDDEN_ORIGIN:
    'Pages of other origins may not call this server; call it from your own server or a terminal.',
  NOT_FOUND: 'No route has this path; /openapi.json lists them all.',
  METHOD_NOT_ALLOWED: 'Use one of the methods in the Allow header.',
  BAD_REQUEST: 'Send a well-formed HTTP/1.1 request.',
  BAD_JSON: 'Send one JSON text in UTF-8, without a byte order mark and with each key once.',
  BAD_OTLP:
    'Send one ExportTraceServiceRequest of OTLP/HTTP, as JSON or protobuf, in gzip at most once; docs/otlp.md says more.',
  INVALID_REQUEST:
    'Compare the request with its schema in /openapi.json; details.problems lists what differs.',
  BODY_TOO_LARGE:
    'A body may hold 16 MiB, an export 50,000 spans: store large content elsewhere and keep a reference in metadata, send spans in several exports.',
  HEADERS_TOO_LARGE: 'Send fewer or shorter headers and query parameters, 16 KiB in all.',
  UPSTREAM_NOT_FOUND:
    'Name one of the configured upstreams after /proxy/; docs/proxy.md says how to add one.',
  UPSTREAM_FAILED:
    'Check that the base URL of the upstream is right and its server answers; the entry of the call tells the reason.',
  UPSTREAM_TIMEOUT: 'Try again; where an upstream needs longer to begin, raise proxy.stallTimeoutMs.',
  INVALID_PROXY_PATH:
    'Put the path of the upstream after /proxy/<upstream>, without dot segments, empty segments or backslashes.',
  PROXY_BODY_TOO_LARGE: 'Send less at once, or raise proxy.maxBodyBytes.',
  UNSUPPORTED_MEDIA_TYPE: 'Send the body as application/json in UTF-8.',
  UNSUPPORTED_ENCODING: 'Send the body with Content-Encoding gzip, or without one.',
  REQUEST_TIMEOUT: 'Send the whole request within 30 seconds.',
  INTERNAL_ERROR: 'This is a fault of Ledgerline; find the request id in the system log and report it.',
} as const

export type ErrorCode = keyof typeof ERROR_HINTS

export interface ErrorDetails {
  readonly operation: string
  readonly path?: string | undefined
  readonly cause?: unknown
}

/** As much of a text that came from outside as may be repeated: without credentials, and not more than `length` characters. */
export function shownText(text: string, length = Number.POSITIVE_INFINITY): string {
  return redactText(text).slice(0, length)
}

/**
 * Base class. `message` is one sentence for a person, without credentials, since it is printed, answered and logged;
 * `code` is for programs and never changes.
 */
export class LedgerlineError extends Error {
  readonly code: ErrorCode
  readonly operation: string
  readonly path: string | undefined
  readonly hint: string

  constructor(code: ErrorCode, message: string, details: ErrorDetails) {
    super(shownText(message), details.cause === undefined ? undefined : { cause: details.cause })
    this.name = new.target.name
    this.code = code
    this.operation = details.operation
    this.path = details.path
    this.hint = ERROR_HINTS[code]
  }
}

/** One thing that is wrong with an input. */
export interface Problem {
  readonly code: ErrorCode
  /** Where: `model`, `usage.prompt_tokens`, `tags[3]`. */
  readonly field: string
  readonly message: string
}

/** The input is wrong; nothing was written. `problems` lists all of them, `code` is the first one's. */
export class ValidationError extends LedgerlineError {
  readonly problems: readonly Problem[]

  constructor(operation: string, problems: readonly [Problem, ...Problem[]]) {
    super(problems[0].code, problems.map((p) => `${p.field}: ${p.message}`).join('; '), { operation })
    this.problems = problems.map(({ code, field, message }) => ({
      code,
      field: shownText(field),
      message: shownText(message),
    }))
  }
}

/** The thing the input names does not exist. */
export class NotFoundError extends LedgerlineError {}

/** The disk refused; `path` and `cause` say where and why. */
export class FileSystemError extends LedgerlineError {}

/** The call came at the wrong time: after close(), or a second end of one request. */
export class StateError extends LedgerlineError {}

/** Shorthand for the common case of a single problem. */
export function invalid(operation: string, code: ErrorCode, field: string, message: string): ValidationError {
  return new ValidationError(operation, [{ code, field, message }])
}
