/** A file of a journal as rows: its part, and what was written behind it. */
import { isClosedName, isSummary } from '../../journal/segments.js'
import type { Slices } from '../../slices.js'
import type { BuiltPart } from './build/build-part.js'
import { endSum } from './end-sum.js'
import { type FileIdentity, identityOf } from './file-identity.js'
import { FollowedFile } from './followed-file.js'
import { openPart, type PartOf, savePart } from './index-folder.js'
import { joinRows } from './joined-rows.js'
import { packPart } from './pack-part.js'
import type { Part } from './part.js'
import type { Block } from './rows.js'

export interface Reading {
  /** The part of a whole file that `fits`; undefined when somebody wrote to it meanwhile. */
  readonly build: (path: string, of: PartOf, fits: Fits) => Promise<BuiltPart | undefined>
  /** Bytes from which on a file is read at once and not line by line. */
  readonly atOnceFrom: number
  /** Bytes behind the part of a growing file that make a new part. */
  readonly partEvery: number
  /** False when parts are kept in memory alone. */
  readonly onDisk: boolean
  readonly slices: Slices
  /** Told when rows moved to a part; what counts stays the same. */
  readonly onMoved: (gone: readonly Block[], part: Part) => Promise<void>
}

/** Of a file that nobody wrote to for so long a part is not about to be replaced. */
const RESTING_MS = 60_000

function isResting({ changedMs }: FileIdentity): boolean {
  return Date.now() - changedMs > RESTING_MS
}

/** Whether a part of the file as it was then is one of the file that is read. */
export type Fits = (then: FileIdentity) => boolean

export class IndexedFile {
  #part: Part | undefined
  #followed: FollowedFile | undefined
  /** The content that is all read. */
  #readAs: string | undefined

  get blocks(): readonly Block[] {
    const rows = this.#followed?.rows
    return [...(this.#part ? [this.#part] : []), ...(rows !== undefined && rows.count > 0 ? [rows] : [])]
  }

  /** Whether there is no need to read it from its start. */
  get isBegun(): boolean {
    return this.#part !== undefined || this.#followed !== undefined
  }

  /** Lines that are entries. */
  get lines(): number {
    return this.#followed?.lines ?? this.#part?.facts.lines ?? 0
  }

  get damaged(): number {
    return this.#followed?.damaged ?? this.#part?.facts.damaged ?? 0
  }

  /** Takes in what the file holds now. False when it became another one meanwhile, and nothing of it is known. */
  async update(path: string, identity: FileIdentity, reading: Reading): Promise<boolean> {
    const isClosed = isClosedName(path) || isSummary(path)
    const state = isClosed ? identity.content : `${identity.content} and may grow`
    if (this.#readAs === state) return true
    if (isClosed && this.#followed === undefined && (await this.#openClosed(path, identity, reading))) {
      this.#readAs = state
      return true
    }
    // Whoever reads on may replace the part, also this process; when somebody did, it is read from there.
    if (this.#readAs !== undefined && this.#part?.hold() === false) {
      this.#forget()
      return false
    }
    if (this.#followed === undefined) await this.#openGrowing(path, identity, reading)
    const followed = this.#followed
    if (followed === undefined) return false
    const isShorter = !path.endsWith('.gz') && identity.size < followed.content
    if (
      isShorter ||
      !(await followed.read(path, reading.slices)) ||
      identityOf(path)?.file !== identity.file
    ) {
      this.#forget()
      return false
    }
    if (isClosed) {
      await this.#moveToPart(path, 'closed', identity.content, reading)
      this.#followed = undefined
    } else if (followed.isAtLine && this.#unsaved >= reading.partEvery) {
      // One that rested is not held when this is the first question about it.
      if (this.#part?.hold() === false) {
        this.#forget()
        return false
      }
      await this.#moveToPart(path, 'growing', identity.file, reading)
      followed.restart()
    }
    this.#readAs = state
    return true
  }

  get #unsaved(): number {
    return (this.#followed?.content ?? 0) - (this.#part?.facts.content ?? 0)
  }

  async #openClosed(path: string, identity: FileIdentity, reading: Reading): Promise<boolean> {
    const isOf = ({ facts }: Part): boolean => facts.identity === identity.content
    this.#part = reading.onDisk ? openPart(path, false, isOf) : undefined
    if (this.#part === undefined && identity.size >= reading.atOnceFrom) {
      this.#part = await this.#readAtOnce(path, 'closed', identity, reading)
    }
    return this.#part !== undefined
  }

  async #openGrowing(path: string, identity: FileIdentity, reading: Reading): Promise<void> {
    const isOf = ({ facts }: Part): boolean =>
      facts.identity === identity.file &&
      facts.content <= identity.size &&
      facts.end === endSum(path, facts.content)
    const isGrowing = !isClosedName(path) && !isSummary(path)
    this.#part = isGrowing && reading.onDisk ? openPart(path, !isResting(identity), isOf) : undefined
    if (this.#part === undefined && isGrowing && identity.size >= reading.atOnceFrom) {
      this.#part = await this.#readAtOnce(path, 'growing', identity, reading)
    }
    this.#followed = new FollowedFile(this.#part?.facts ?? { content: 0, end: 0, lines: 0, damaged: 0 })
  }

  /** Undefined when the file changed meanwhile, or does not end with a line. */
  async #readAtOnce(
    path: string,
    of: PartOf,
    identity: FileIdentity,
    { build, onDisk }: Reading,
  ): Promise<Part | undefined> {
    // A growing one may have been read ahead; what came since is read next.
    const fits: Fits = ({ file, content }) =>
      of === 'closed' ? content === identity.content : file === identity.file
    const built = await build(path, of, fits)
    if (built === undefined || !fits(built.identity)) return undefined
    return save(path, of, built.contents, built.identity.content, onDisk)
  }

  /** The rows of the part and those behind it become one part. */
  async #moveToPart(
    path: string,
    of: PartOf,
    identity: string,
    { onMoved, slices, onDisk }: Reading,
  ): Promise<void> {
    const followed = this.#followed
    if (followed === undefined) return
    const gone = this.blocks
    const block = gone.length === 1 && gone[0] !== undefined ? gone[0] : await joinRows(gone)
    const { content, end, lines, damaged } = followed
    const contents = await packPart(block, { identity, content, end, lines, damaged }, slices)
    const part = await save(path, of, contents, identity, onDisk)
    await onMoved(gone, part)
    this.#part = part
  }

  #forget(): void {
    this.#part = undefined
    this.#followed = undefined
    this.#readAs = undefined
  }
}

/** The part of a closed file that somebody made meanwhile stays, for whoever reads it; ours is held then. */
function save(
  path: string,
  of: PartOf,
  contents: readonly Uint8Array[],
  identity: string,
  onDisk: boolean,
): Promise<Part> {
  const isThere =
    of === 'closed' &&
    onDisk &&
    openPart(path, false, ({ facts }) => facts.identity === identity) !== undefined
  return savePart(path, of, contents, onDisk && !isThere)
}
