/** A chain of seals from its file, with everything that is wrong with it. */
import { join } from 'node:path'
import { readLines } from '../read-lines.js'
import type { VerifyingKeys } from './keys.js'
import {
  checkRecord,
  checkSignature,
  FIRST_PREVIOUS,
  type Link,
  type SealRecord,
  type SignatureFault,
} from './seal-record.js'

/** `gap`: the sequence does not go on by one; `wrong-previous`: it is not tied to the record before. */
export type ChainFaultKind = 'no-record' | 'wrong-hash' | 'gap' | 'wrong-previous' | SignatureFault

export interface ChainFault {
  readonly kind: ChainFaultKind
  /** Of the record at fault, when it is one. */
  readonly seq: number | undefined
  /** Byte range of its line. */
  readonly from: number
  readonly to: number
}

export interface Chain {
  readonly path: string
  /** Those with a right hash, in the order of the file, also behind a fault. */
  readonly records: readonly SealRecord[]
  readonly faults: readonly ChainFault[]
  /** Behind the last newline: what stands there (until `size`) is a write that ended early or is under way. */
  readonly end: number
  readonly size: number
}

export function chainPath(dir: string, base: string): string {
  return join(dir, `${base}.seals.jsonl`)
}

/**
 * The chain of a journal; an absent one is empty. The next record follows the last of `records` and is written at
 * `end`, to which an appender cuts the file first. Behind a fault the chain goes on, so that a journal is sealed also
 * after damage, which `faults` names for good. Throws as readLines does.
 */
export async function readChain(dir: string, base: string, keys?: VerifyingKeys): Promise<Chain> {
  const path = chainPath(dir, base)
  const records: SealRecord[] = []
  const faults: ChainFault[] = []
  let end = 0
  let size = 0
  let anySigned = false
  let lastFrom = 0
  for await (const { text, from, to, terminated } of readLines(path)) {
    size = to
    if (!terminated) break
    end = to
    const record = text === undefined ? 'no-record' : checkRecord(text)
    if (typeof record === 'string') {
      faults.push({ kind: record, seq: undefined, from, to })
      continue
    }
    const kinds = [faultOfPlace(record, records.at(-1)), keys && faultOfSignature(record, keys, anySigned)]
    for (const kind of kinds) if (kind) faults.push({ kind, seq: record.seq, from, to })
    anySigned ||= record.signature !== undefined
    lastFrom = from
    records.push(record)
  }
  const last = records.at(-1)
  // A signature speaks for all records before it, so what stands before the first one needs none.
  if (keys !== undefined && last !== undefined && !anySigned) {
    faults.push({ kind: 'not-signed', seq: last.seq, from: lastFrom, to: end })
  }
  return { path, records, faults, end, size }
}

function faultOfSignature(
  record: SealRecord,
  keys: VerifyingKeys,
  anySigned: boolean,
): ChainFaultKind | undefined {
  const fault = checkSignature(record, keys)
  return fault === 'not-signed' && !anySigned ? undefined : fault
}

function faultOfPlace(record: SealRecord, before: Link | undefined): ChainFaultKind | undefined {
  if (record.seq !== (before?.seq ?? 0) + 1) return 'gap'
  return record.previous === (before?.hash ?? FIRST_PREVIOUS) ? undefined : 'wrong-previous'
}
