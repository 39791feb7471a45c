/** What verify answers. Names of lists are of what is wrong; empty lists and `ok` say that nothing is. */
import type { Link } from '../seals/seal-record.js'

/** What may be wrong with a line or a file; docs/reliability.md says what each means and what to do. */
export const DAMAGE_KINDS = [
  'torn',
  'nul',
  'glued',
  'not-json',
  'not-an-entry',
  'bad-utf8',
  'too-long',
  'cut-gzip',
  'bad-gzip',
  'refused',
] as const

export type DamageKind = (typeof DAMAGE_KINDS)[number]

/** A range of bytes, `to` excluded; of a gzip file, of its inflated content. */
export interface LineRange {
  /** Absolute. */
  readonly path: string
  readonly from: number
  readonly to: number
}

export interface LineDamage extends LineRange {
  readonly kind: DamageKind
}

/** A second final line of an id that says something else than the first. */
export interface DoubledId extends LineRange {
  readonly id: string
}

/** What may be wrong with seals; docs/reliability.md says what each means and what to do. */
export const SEAL_FAULT_KINDS = [
  // Of a segment.
  'edited',
  'missing',
  'unsealed',
  'resealed',
  // Of the chain itself.
  'no-record',
  'wrong-hash',
  'gap',
  'wrong-previous',
  'not-signed',
  'unknown-key',
  'wrong-signature',
  'torn',
  'no-chain',
  'head-missing',
] as const

export type SealFaultKind = (typeof SEAL_FAULT_KINDS)[number]

export interface SealFault {
  readonly kind: SealFaultKind
  readonly projectId: string | null
  /** `llm_requests`, `events` or `chats`; null for a head that is in no chain. */
  readonly journal: string | null
  /** Sequence number of the record. */
  readonly seq: number | null
  readonly segment: string | null
  /** A sentence for a person. */
  readonly message: string
}

/** The seals of one journal of a project. */
export interface JournalSeals {
  readonly projectId: string
  readonly journal: string
  readonly records: number
  /** Keep it elsewhere: with it verify finds later that the chain was cut off. Null when there is no record. */
  readonly head: Link | null
  readonly sealed: number
  readonly deleted: number
  readonly repaired: number
  /** Repairs of content that was not as it had been sealed: what it was is in `logs/damaged/`. */
  readonly altered: number
  /** Closed segments that no record names yet. */
  readonly unsealed: number
  /** Records with a signature; they were checked when a public key was given. */
  readonly signed: number
}

export interface VerifyReport {
  /** Nothing is damaged, doubled or broken. */
  readonly ok: boolean
  readonly files: number
  /** Of content, inflated. */
  readonly bytes: number
  /** Of all files, blank ones not counted. */
  readonly lines: number
  readonly requests: {
    /** Intact lines of `llm_requests`. */
    readonly lines: number
    /** Distinct ids of them. */
    readonly ids: number
    /** Final lines that are equal to one before, byte by byte. */
    readonly resent: number
    /** Final lines that differ from one of the same id before. */
    readonly doubled: number
  }
  readonly damaged: number
  /** The first 1,000. */
  readonly damage: readonly LineDamage[]
  /** The first 1,000. */
  readonly doubled: readonly DoubledId[]
  /** Unfinished lines whose writer lives: no damage. */
  readonly inFlight: readonly LineRange[]
  /** Empty when seals were not asked for. */
  readonly seals: readonly JournalSeals[]
  /** When seals were not asked for, only segments that are gone. */
  readonly sealFaults: readonly SealFault[]
  /** Closed segments that were not compared with their seals: 0 when seals were asked for. */
  readonly uncheckedSegments: number
}

export interface VerifyProgress {
  /** Of the files, as they are on the disk. */
  readonly bytes: number
  readonly totalBytes: number
}

/** Named one by one up to here; a file of garbage has millions. */
const LISTED = 1_000

/** Gathers the report of one project or several. */
export class Findings {
  files = 0
  bytes = 0
  lines = 0
  damaged = 0
  unchecked = 0
  requests = { lines: 0, ids: 0, resent: 0, doubled: 0 }
  readonly #refused = new Set<string>()
  readonly damage: LineDamage[] = []
  readonly doubled: DoubledId[] = []
  readonly inFlight: LineRange[] = []
  readonly seals: JournalSeals[] = []
  readonly sealFaults: SealFault[] = []

  addDamage(damage: LineDamage): void {
    this.damaged++
    if (this.damage.length < LISTED) this.damage.push(damage)
  }

  /** A file of which nothing can be read; named once, however often it is looked at. */
  addRefused(path: string): void {
    if (this.#refused.has(path)) return
    this.#refused.add(path)
    this.addDamage({ path, from: 0, to: 0, kind: 'refused' })
  }

  addDoubled(doubled: DoubledId): void {
    if (this.doubled.length < LISTED) this.doubled.push(doubled)
  }

  report(): VerifyReport {
    const {
      files,
      bytes,
      lines,
      requests,
      damaged,
      damage,
      doubled,
      inFlight,
      seals,
      sealFaults,
      unchecked,
    } = this
    const ok = damaged === 0 && requests.doubled === 0 && sealFaults.length === 0
    const counts = { files, bytes, lines, requests, damaged }
    return { ok, ...counts, damage, doubled, inFlight, seals, sealFaults, uncheckedSegments: unchecked }
  }
}
