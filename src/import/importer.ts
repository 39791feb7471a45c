/** The contract of an importer: what a program wrote down about its model calls, record by record, to candidates of entries. */
import type { Cost, EntryError, RequestType, Timings, Usage } from '../entry/entry.js'
import type { Fields } from '../entry/own-fields.js'

export const IMPORT_FORMATS = ['claude-code', 'codex', 'otlp-json', 'litellm', 'langfuse'] as const
export type ImportFormat = (typeof IMPORT_FORMATS)[number]

/** What the importer knows of a call, with the meanings of LLMRequestLogEntry; the rest is added when it is settled. */
export interface ImportedEntry {
  readonly chat_id: string
  readonly model: string
  readonly status: 'success' | 'error' | 'timeout'
  readonly request_type?: RequestType
  readonly provider?: string
  readonly usage?: Usage
  readonly cost?: Cost
  readonly error?: EntryError
  readonly timings?: Timings
  readonly session_id?: string
  readonly user_id?: string
  readonly environment?: string
  readonly tags?: readonly string[]
  readonly finish_reason?: string
  readonly metadata: Fields
  readonly [field: string]: unknown
}

/** One state of one call. */
export interface Candidate {
  /** Made from ids of the source: the same call has the same id, in whatever file and run it is met. */
  readonly id: string
  /** Epoch ms. */
  readonly startMs: number
  readonly endMs: number
  readonly entry: ImportedEntry
}

export const SKIP_REASONS = [
  'damaged',
  'too_long',
  'refused',
  'superseded',
  'synthetic',
  'repeated',
  'parent',
  'unfinished',
  'no_usage',
  'no_model',
  'no_id',
  'no_time',
] as const
/**
 * Why a record makes no entry. `damaged`: no JSON object. `refused`: the ledger takes no such entry. `superseded`: a
 * later state, or a copy, of the same call counts. `synthetic`: the program wrote it itself. `repeated`: the same
 * totals once more. `parent`: another record under it is the call. The others name what is missing.
 */
export type SkipReason = (typeof SKIP_REASONS)[number]

/** What a record says of one call. `undefined`: it is about something else. */
export type Reading = Candidate | SkipReason | undefined

/** Reads the records of one file in their order. */
export interface RecordReader {
  /** The record is whatever somebody wrote into a file. Must not throw for any JSON. */
  read(record: Fields): Reading | readonly Reading[]
}

export interface Importer {
  readonly format: ImportFormat
  /** What the ids of its entries begin with, and no others of a project. */
  readonly idPrefix: string
  /** Endings of the files that are taken from a folder. */
  readonly endings: readonly string[]
  /** `lines`: a record a line. `objects`: that, or objects over several lines, also in one JSON array. */
  readonly shape: 'lines' | 'objects'
  /** `last`: a later state of a call replaces an earlier one. `first`: calls never change, and others are copies. */
  readonly keeps: 'last' | 'first'
  /** Looks at the bytes of a record alone. What it rules out is not parsed, and is about no call. */
  mayCount(record: Buffer): boolean
  /** A reader for the records of the file with this name. */
  open(fileName: string): RecordReader
  /** Where it is there, it sees the records of all files before any is read. */
  survey?(record: Fields): void
}
