/** The filter of ids in a file of its own: to put ten million of them into one takes most of a second. */
import { dirname } from 'node:path'
import { isOwnFolder, removePart, saveAside, tidyDrafts } from './index-folder.js'
import { PartError } from './part-error.js'
import type { IdKey } from './rows.js'
import { openSections, packSections, type SectionFile, wordsIn } from './sections.js'

/** Raised whenever the bytes or what they stand for change. */
const VERSION = 4

export interface SavedIds {
  /** How many are in the filter, and its bits; undefined when these cannot be read any more. */
  readonly ids: number
  readonly bits: () => Promise<Uint32Array | undefined>
  /** Of the lasting blocks whose ids they are. */
  readonly identities: Iterable<string>
  /** Parts of growing files, whose ids are not in it: they are soon of others. But they were compared with all of the rest. */
  readonly growing: Iterable<string>
  /** Keys that several rows of all of these may have. */
  readonly contested: readonly IdKey[]
}

/** Undefined when there are none that can be used. */
export async function loadIds(path: string): Promise<SavedIds | undefined> {
  if (!isOwnFolder(dirname(path))) return undefined
  try {
    const file = openSections(path)
    if (file === undefined || !isHeader(file.header)) return undefined
    const { ids, identities, growing } = file.header
    const [keys] = await file.read(['contested'])
    const words = wordsIn(keys)
    const contested = Array.from(
      { length: words.length / 3 },
      (_, at): IdKey => [words[at * 3] ?? 0, words[at * 3 + 1] ?? 0, words[at * 3 + 2] ?? 0],
    )
    return { ids, bits: () => readBits(file), identities, growing, contested }
  } catch (error) {
    if (!(error instanceof PartError)) throw error
    removePart(path)
    return undefined
  }
}

/** By now another process may have put its own in this place. */
async function readBits(file: SectionFile<unknown>): Promise<Uint32Array | undefined> {
  try {
    return wordsIn((await file.read(['bits']))[0])
  } catch (error) {
    if (error instanceof PartError) return undefined
    throw error
  }
}

/** Where nothing can be written, or space is short, there is no file. */
export async function saveIds(
  path: string,
  bits: Uint32Array,
  { ids, identities, growing, contested }: Omit<SavedIds, 'bits'>,
): Promise<void> {
  const header: Header = {
    version: VERSION,
    ids,
    identities: [...identities],
    growing: [...growing],
  }
  const contents = new Map([
    ['bits', new Uint8Array(bits.buffer, bits.byteOffset, bits.byteLength)],
    ['contested', new Uint8Array(Uint32Array.from(contested.flat()).buffer)],
  ])
  tidyDrafts(dirname(path))
  await saveAside(path, packSections(header, contents))
}

interface Header {
  readonly version: number
  readonly ids: number
  readonly identities: readonly string[]
  readonly growing: readonly string[]
}

/** The checksum says that the header is as it was written, so its version says the rest. */
function isHeader(header: unknown): header is Header {
  return typeof header === 'object' && header !== null && 'version' in header && header.version === VERSION
}
