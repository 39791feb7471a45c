/** A compressed body as it was before: a copy to read, while the bytes themselves pass as they are. */
import { brotliDecompressSync, constants, createBrotliDecompress, createUnzip, unzipSync } from 'node:zlib'

/** Who reads the copy. */
export interface CopyReader {
  chunk(bytes: Uint8Array): void
  /** `unreadable` when the copy could not be made, or not to its end. */
  end(unreadable: boolean): void
}

/** Takes the bytes as they pass. */
export interface Copy {
  chunk(bytes: Uint8Array): void
  /** Nothing more comes; what came is read to its end, also when it was cut. */
  end(): void
}

/** The encodings that Node 20 can take off. */
const UNZIPPED: ReadonlySet<string> = new Set(['gzip', 'x-gzip', 'deflate'])

/** More than any answer we would read; what a bomb inflates to is not counted further. */
const MAX_INFLATED = 64 * 1024 * 1024
/** Compressed bytes that may wait for the thread that inflates them. */
const MAX_WAITING = 16 * 1024 * 1024

/** A copy for this Content-Encoding. */
export function copyFor(contentEncoding: string | undefined, reader: CopyReader): Copy {
  const encoding = (contentEncoding ?? '').trim().toLowerCase()
  if (encoding === '' || encoding === 'identity') {
    return { chunk: (bytes) => reader.chunk(bytes), end: () => reader.end(false) }
  }
  if (UNZIPPED.has(encoding) || encoding === 'br') return new Inflated(encoding, reader)
  return { chunk: () => {}, end: () => reader.end(true) }
}

class Inflated implements Copy {
  readonly #decoder
  readonly #reader: CopyReader
  #size = 0
  #unreadable = false
  /** All that can be read was given. */
  #drained = false
  /** Nothing more comes. */
  #over = false

  constructor(encoding: string, reader: CopyReader) {
    this.#reader = reader
    // What was cut off is given as far as it came, in place of an error.
    this.#decoder =
      encoding === 'br'
        ? createBrotliDecompress({ finishFlush: constants.BROTLI_OPERATION_FLUSH })
        : createUnzip({ finishFlush: constants.Z_SYNC_FLUSH })
    this.#decoder.on('data', (bytes: Uint8Array) => {
      this.#size += bytes.length
      if (this.#size > MAX_INFLATED) this.#giveUp()
      else reader.chunk(bytes)
    })
    this.#decoder.on('error', () => this.#giveUp())
    this.#decoder.on('end', () => this.#drain())
  }

  chunk(bytes: Uint8Array): void {
    if (this.#drained) return
    if (this.#decoder.writableLength > MAX_WAITING) this.#giveUp()
    else this.#decoder.write(bytes)
  }

  end(): void {
    this.#over = true
    if (this.#drained) this.#reader.end(this.#unreadable)
    else this.#decoder.end()
  }

  #giveUp(): void {
    if (this.#drained) return
    this.#unreadable = true
    this.#decoder.destroy()
    this.#drain()
  }

  /** It may be over before the body is: by a fault, or by bytes behind its end. */
  #drain(): void {
    this.#drained = true
    if (this.#over) this.#reader.end(this.#unreadable)
  }
}

/** A whole body as it was before; undefined when it cannot be known, or would be larger than `maxBytes`. */
export function inflate(
  body: Uint8Array,
  contentEncoding: string | undefined,
  maxBytes: number,
): Uint8Array | undefined {
  const encoding = (contentEncoding ?? '').trim().toLowerCase()
  try {
    if (encoding === '' || encoding === 'identity') return body
    if (encoding === 'br') return brotliDecompressSync(body, { maxOutputLength: maxBytes })
    if (UNZIPPED.has(encoding)) return unzipSync(body, { maxOutputLength: maxBytes })
    return undefined
  } catch {
    return undefined
  }
}
