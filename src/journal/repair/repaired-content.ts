/** The content of a file as a repair leaves it: its intact lines, and what damaged ones still hold. */
import { LineSplitter, type RawLine } from '../line-splitter.js'
import { contentOf } from '../log-content.js'
import { openLog } from '../open-regular.js'
import { isBlank, type LineOwner, RECORD_OF, readBytes } from '../verify/record-of.js'
import { salvage } from './salvage.js'

export interface RepairTally {
  /** Intact lines. */
  intact: number
  /** Records taken out of damaged lines. */
  salvaged: number
  /** Damaged lines, and a gzip file that ends early or is bad. */
  damaged: number
  /** How many of them are an unfinished line at the end: 1 or 0. */
  unfinished: number
}

export const nothingYet = (): RepairTally => ({ intact: 0, salvaged: 0, damaged: 0, unfinished: 0 })

const NEWLINE = Buffer.from('\n')

/**
 * Pieces of the repaired content; `tally` is counted while they are taken, and `onContent` is given the content as it
 * is. Rejects with what the file system throws.
 */
export async function* repairedContent(
  path: string,
  owner: LineOwner,
  tally: RepairTally,
  onContent: (chunk: Buffer) => void = () => undefined,
): AsyncGenerator<Buffer> {
  const handle = await openLog(path)
  try {
    const splitter = new LineSplitter()
    const onBroken = (): void => void tally.damaged++
    for await (const chunk of contentOf(handle, path, onBroken)) {
      onContent(chunk)
      const pieces = [...splitter.add(chunk)].flatMap((line) => linesOf(line, owner, tally))
      if (pieces.length > 0) yield Buffer.concat(pieces)
    }
    for (const line of splitter.end()) yield* linesOf(line, owner, tally)
  } finally {
    await handle.close()
  }
}

/** The records of a line, each with a newline. */
function linesOf({ bytes, terminated }: RawLine, owner: LineOwner, tally: RepairTally): Buffer[] {
  if (bytes !== undefined && isBlank(bytes)) return []
  if (bytes !== undefined && isRecord(bytes, owner)) {
    tally.intact++
    return [bytes, NEWLINE]
  }
  tally.damaged++
  if (!terminated) tally.unfinished++
  if (bytes === undefined) return []
  const records = salvage(bytes)
    .map(({ from, to }) => bytes.subarray(from, to))
    .filter((record) => isRecord(record, owner))
  tally.salvaged += records.length
  return records.flatMap((record) => [record, NEWLINE])
}

function isRecord(bytes: Buffer, owner: LineOwner): boolean {
  return readBytes(bytes, RECORD_OF[owner]) !== undefined
}
