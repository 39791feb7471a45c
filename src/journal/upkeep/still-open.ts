/** Requests that began in a segment and still go on: their segment is not deleted under them. */
import type { Writer } from '../../entry/entry.js'
import { livenessOf } from '../process-identity.js'
import type { Permit } from './permit.js'
import { requestFacts, wholeLines } from './scan-segment.js'

/**
 * Whether one of the requests has not ended and its process lives. `later` are the files in which its end can stand,
 * nearest first.
 */
export async function isStillOpen(
  begun: ReadonlyMap<string, Writer>,
  later: readonly string[],
  permit: Permit | undefined,
): Promise<boolean> {
  const open = new Set([...begun].flatMap(([id, writer]) => (livenessOf(writer) === 'alive' ? [id] : [])))
  for (const path of later) {
    if (open.size === 0) return false
    for await (const { text } of wholeLines(path, permit)) {
      const facts = text === undefined ? undefined : requestFacts(text)
      if (facts?.id !== undefined && facts.writer === undefined) open.delete(facts.id)
    }
  }
  return open.size > 0
}
