/** What is wrong with a chain itself, in sentences. */
import type { Chain, ChainFault, ChainFaultKind } from '../seals/read-chain.js'
import type { Fault } from './compare-seals.js'

/** A wrong key is at fault for all records at once. */
type KeyFaultKind = 'not-signed' | 'unknown-key'

/** One for each fault, but only one for all records that the key does not fit. */
export function chainFaults({ faults, records }: Chain): Fault[] {
  const told = new Set<ChainFaultKind>()
  return faults.flatMap(({ kind, seq = null, from, to }): Fault[] => {
    if (!isOfKey(kind)) {
      return [{ kind, seq, segment: null, message: `${OF_ONE[kind]} (bytes ${from}-${to} of the chain)` }]
    }
    if (told.has(kind)) return []
    told.add(kind)
    // Of a chain without any signature only the last record is named.
    const isSigned = records.some(({ signature }) => signature !== undefined)
    const count = isSigned ? countOf(kind, faults) : records.length
    const message = `${count} of ${records.length} records ${OF_ALL[kind]}`
    return [
      { kind, seq, segment: null, message: isSigned && count > 1 ? `${message}, this one first` : message },
    ]
  })
}

function countOf(kind: ChainFaultKind, faults: readonly ChainFault[]): number {
  return faults.filter((fault) => fault.kind === kind).length
}

function isOfKey(kind: ChainFaultKind): kind is KeyFaultKind {
  return kind in OF_ALL
}

/** Behind the number of records. */
const OF_ALL: Readonly<Record<KeyFaultKind, string>> = {
  'not-signed': 'are not signed',
  'unknown-key': 'are signed by another key than was given',
}

const OF_ONE: Readonly<Record<Exclude<ChainFaultKind, KeyFaultKind>, string>> = {
  'no-record': 'a line is no record as Ledgerline writes it',
  'wrong-hash': 'a record does not have the hash it names',
  gap: 'a record does not follow the one before it: records are missing, doubled or in another order',
  'wrong-previous': 'a record does not follow from the one before it, which was replaced',
  'wrong-signature': 'the signature of a record is not of the key it names',
}
