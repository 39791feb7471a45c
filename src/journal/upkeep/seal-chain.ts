/** The chain of seals of one journal, as the holder of the upkeep claim appends to it. */
import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { FileSystemError, StateError } from '../../errors.js'
import type { SealKey } from '../seals/keys.js'
import { chainPath, readChain } from '../seals/read-chain.js'
import {
  type Deletion,
  recordLine,
  type SealFields,
  type SealRecord,
  sealRecord,
} from '../seals/seal-record.js'
import { syncFolder } from '../sync-folder.js'

const FLAGS = constants.O_WRONLY | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK

export class SealChain {
  readonly #dir: string
  readonly #path: string
  readonly #key: SealKey | undefined
  /** By the stem of the segment. */
  readonly #latest = new Map<string, SealRecord>()
  readonly #deletions = new Map<string, Deletion>()
  #last: SealRecord | undefined
  #end: number

  private constructor(dir: string, base: string, key: SealKey | undefined, end: number) {
    this.#dir = dir
    this.#path = chainPath(dir, base)
    this.#key = key
    this.#end = end
  }

  /** Rejects as readLines does. */
  static async open(dir: string, base: string, key: SealKey | undefined): Promise<SealChain> {
    const { records, end } = await readChain(dir, base)
    const chain = new SealChain(dir, base, key, end)
    for (const record of records) chain.#remember(record)
    return chain
  }

  /** The last record of a segment: its content as it is now, or that it was deleted. */
  latest(stem: string): SealRecord | undefined {
    return this.#latest.get(stem)
  }

  /** What the files of a segment must hold; undefined when that is not on record yet. */
  content(stem: string): SealRecord | undefined {
    return this.#deletions.get(stem) ?? this.#latest.get(stem)
  }

  /** Of a deleted segment; a repair of its summary since then does not change it. */
  deletion(stem: string): Deletion | undefined {
    return this.#deletions.get(stem)
  }

  /**
   * An unsigned record behind a signed one would be a fault for good. Throws StateError SEAL_KEY_MISSING when the last
   * record is signed and this process has no key; a key other than before is none of it.
   */
  requireKey(): void {
    if (this.#last?.signature === undefined || this.#key !== undefined) return
    const message = `${this.#path} is signed, and this process has no key: nothing is sealed, deleted or repaired there`
    throw new StateError('SEAL_KEY_MISSING', message, { operation: 'upkeep', path: this.#path })
  }

  /**
   * Resolves when the record is on the disk. What a process left unfinished behind the last newline is cut off. Rejects
   * as requireKey throws.
   */
  async append(fields: SealFields): Promise<SealRecord> {
    this.requireKey()
    const record = sealRecord(fields, this.#last, this.#key)
    const line = Buffer.from(recordLine(record), 'utf8')
    const file = await open(this.#path, FLAGS, 0o600)
    try {
      const stat = await file.stat()
      if (!stat.isFile() || stat.size < this.#end) throw this.#changed()
      if (stat.size > this.#end) await file.truncate(this.#end)
      for (let written = 0; written < line.length; ) {
        const { bytesWritten } = await file.write(line, written, line.length - written, this.#end + written)
        written += bytesWritten
      }
      await file.datasync()
    } finally {
      await file.close()
    }
    if (this.#end === 0) await syncFolder(this.#dir)
    this.#end += line.length
    this.#remember(record)
    return record
  }

  #remember(record: SealRecord): void {
    this.#latest.set(record.segment, record)
    if (record.type === 'delete') this.#deletions.set(record.segment, record)
    this.#last = record
  }

  #changed(): FileSystemError {
    const message = 'the chain of seals was changed by another program'
    return new FileSystemError('LOG_WRITE_ERROR', message, { operation: 'upkeep', path: this.#path })
  }
}
