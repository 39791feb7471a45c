/** The content of a gzip file as far as it can be read, a bounded piece at a time. */
import type { FileHandle } from 'node:fs/promises'
import { createGunzip, type Gunzip } from 'node:zlib'

/** Where it ends: in the middle, or at bytes that are no gzip or do not have its checksum. */
export type Broken = 'cut' | 'bad'
type End = Broken | 'whole'

/** Read at once: a byte may stand for a thousand, and all of a piece's content is in memory. */
const PIECE = 16 << 10
const CHUNK = 256 << 10

/**
 * Yields the content from byte `start` of it. `onBroken` is told when what came is not all. Rejects only when the file
 * itself cannot be read.
 */
export async function* gunzip(
  handle: FileHandle,
  start: number,
  onBroken: (broken: Broken) => void,
): AsyncGenerator<Buffer> {
  const { end, consumed, produced } = yield* inflate(handle, Number.POSITIVE_INFINITY, start)
  // What a piece holds before its bad byte was lost with it, so that piece is read again byte by byte.
  if (end === 'bad') yield* inflate(handle, consumed, Math.max(start, produced))
  if (end !== 'whole') onBroken(end)
}

interface Inflated {
  readonly end: End
  /** Bytes of whole pieces read, and of content yielded or skipped. */
  readonly consumed: number
  readonly produced: number
}

/** Pieces are of one byte from `bytewiseFrom` on; the first `skip` bytes of content are not yielded. */
async function* inflate(
  handle: FileHandle,
  bytewiseFrom: number,
  skip: number,
): AsyncGenerator<Buffer, Inflated> {
  const inflater = new Inflater()
  let [consumed, produced] = [0, 0]
  try {
    for await (const piece of piecesOf(handle, bytewiseFrom)) {
      const end = await inflater.write(piece)
      for (const content of inflater.take()) {
        const from = Math.max(0, skip - produced)
        produced += content.length
        if (from < content.length) yield content.subarray(from)
      }
      if (end !== undefined) return { end, consumed, produced }
      consumed += piece.length
    }
    return { end: await inflater.finish(), consumed, produced }
  } finally {
    inflater.close()
  }
}

async function* piecesOf(handle: FileHandle, bytewiseFrom: number): AsyncGenerator<Buffer> {
  for (let position = 0; ; ) {
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(PIECE), 0, PIECE, position)
    if (bytesRead === 0) return
    const piece = buffer.subarray(0, bytesRead)
    if (position < bytewiseFrom) yield piece
    else for (let at = 0; at < bytesRead; at++) yield piece.subarray(at, at + 1)
    position += bytesRead
  }
}

/** zlib's stream, asked piece by piece: as an iterable it would lose what it holds when an error comes. */
class Inflater {
  readonly #stream: Gunzip = createGunzip({ chunkSize: CHUNK })
  #content: Buffer[] = []
  #finishing = false
  #settle: (end: End | undefined) => void = () => undefined

  constructor() {
    this.#stream
      .on('data', (content: Buffer) => this.#content.push(content))
      // By itself it ends at zeros behind the last member.
      .on('end', () => this.#settle(this.#finishing ? 'whole' : 'bad'))
      .on('error', (error) => this.#settle('code' in error && error.code === 'Z_BUF_ERROR' ? 'cut' : 'bad'))
  }

  /** Undefined while more may come; after an end nothing more may be written. */
  write(piece: Buffer): Promise<End | undefined> {
    return new Promise((resolve) => {
      this.#settle = resolve
      this.#stream.write(piece, (error) => {
        if (error == null) resolve(undefined)
      })
    })
  }

  finish(): Promise<End> {
    this.#finishing = true
    return new Promise((resolve) => {
      this.#settle = (end) => resolve(end ?? 'whole')
      this.#stream.end()
    })
  }

  /** What was inflated since the last call. */
  take(): Buffer[] {
    const content = this.#content
    this.#content = []
    return content
  }

  close(): void {
    this.#stream.destroy()
  }
}
