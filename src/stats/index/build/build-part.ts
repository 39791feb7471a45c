/** A file that is read as a whole, as the bytes of its part: the same in whatever process they are made. */
import { closeSync, constants, openSync, readSync } from 'node:fs'
import type { DamageFinder } from '../../../journal/damage.js'
import type { Slices } from '../../../slices.js'
import { endSum } from '../end-sum.js'
import { type FileIdentity, identityOf } from '../file-identity.js'
import type { PartOf } from '../index-folder.js'
import { packPart } from '../pack-part.js'
import type { ReadRows } from '../read-rows.js'

export interface BuiltPart {
  /** The file as it was before and after it was read. */
  readonly identity: FileIdentity
  /** Beside each other they are the part. */
  readonly contents: readonly Uint8Array[]
}

export interface BuildTools {
  readonly readRows: (path: string) => Promise<ReadRows | undefined>
  readonly damage: DamageFinder
  readonly slices: Slices
}

/** Undefined when the file is gone, changed meanwhile, or may grow and does not end with a line. */
export async function buildPart(
  path: string,
  of: PartOf,
  { readRows, damage, slices }: BuildTools,
): Promise<BuiltPart | undefined> {
  const identity = identityOf(path)
  const rows = identity === undefined ? undefined : await readRows(path)
  if (identity === undefined || rows === undefined) return undefined
  // What stands behind the last newline of a growing file is no damage yet, and may become an entry.
  if (of === 'growing' && (rows.isDamaged || !endsWithLine(path, identity.size))) return undefined
  const damaged = rows.isDamaged ? (await damage.find([path])).length : 0
  const content = identity.size
  const facts = {
    identity: of === 'growing' ? identity.file : identity.content,
    content,
    end: endSum(path, content),
    lines: rows.block.count,
    damaged,
  }
  if (identityOf(path)?.content !== identity.content) return undefined
  return { identity, contents: await packPart(rows.block, facts, slices) }
}

function endsWithLine(path: string, size: number): boolean {
  const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    const last = Buffer.alloc(1)
    return readSync(file, last, 0, 1, size - 1) === 1 && last[0] === NEWLINE
  } finally {
    closeSync(file)
  }
}

const NEWLINE = 0x0a
