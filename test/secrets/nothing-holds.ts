/** Looks for what is left of secrets: a few characters in a row are enough, in any case. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { Secret } from './kinds.js'

/** The shortest secret of the table has as many characters. */
const PIECE = 12
/** Fewer different ones, such as zeros, stand in many a text. */
const MIN_DIFFERENT = 5

/** Where a text came from, and the text. */
export type Found = readonly [where: string, text: string]

/** Each place that holds a piece of a secret, with one kind that is there and how many are; empty when none does. */
export function leaks(secrets: readonly Secret[], texts: Iterable<Found>): string[] {
  const pieces = new Map<string, string>()
  for (const { kind, secret } of secrets) for (const piece of piecesOf(secret)) pieces.set(piece, kind)
  const found = new Map<string, Set<string>>()
  for (const [where, text] of texts) {
    const lower = text.toLowerCase()
    for (let at = 0; at + PIECE <= lower.length; at++) {
      const kind = pieces.get(lower.slice(at, at + PIECE))
      if (kind !== undefined) found.set(where, (found.get(where) ?? new Set()).add(kind))
    }
  }
  return [...found].map(([where, kinds]) => `${where}: ${[...kinds][0]}, ${kinds.size} kinds`)
}

function piecesOf(secret: string): string[] {
  const lower = secret.toLowerCase()
  return Array.from({ length: lower.length - PIECE + 1 }, (_, at) => lower.slice(at, at + PIECE)).filter(
    (piece) => new Set(piece).size >= MIN_DIFFERENT,
  )
}

/** Each file below the folder with its name, inflated where it is gzip. */
export function* filesBelow(folder: string): Generator<Found> {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    const name = path.slice(folder.length + 1)
    yield ['the name of a file', name]
    if (!entry.isFile()) continue
    const bytes = readFileSync(path)
    yield [name, (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('latin1')]
  }
}
