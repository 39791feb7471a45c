/** An active file that can be closed at any time: appends that come meanwhile wait, and keep their order. */
import { lstatSync, renameSync } from 'node:fs'
import { AppendFile, type AppendFileOptions } from './append-file.js'

export type RotatedFileOptions = AppendFileOptions & {
  readonly rotation: NonNullable<AppendFileOptions['rotation']>
}

export class RotatedFile {
  readonly #options: RotatedFileOptions
  readonly #file: AppendFile
  /** Appends that wait for a rotation. */
  #held: (() => void)[] | undefined

  constructor(options: RotatedFileOptions) {
    this.#options = options
    this.#file = new AppendFile(options)
  }

  /** Rejects as AppendFile.append. */
  append(line: string): Promise<void> {
    const held = this.#held
    if (held === undefined) return this.#file.append(line)
    return new Promise((resolve, reject) => {
      held.push(() => this.#file.append(line).then(resolve, reject))
    })
  }

  /** True when nothing is waiting or under way. */
  get idle(): boolean {
    return this.#held === undefined && this.#file.idle
  }

  /**
   * Closes the file now when it holds something and `isDue`. The path it has from then on, undefined when it was not
   * closed. Rejects with what the file system refuses; the file is then active as before.
   */
  async rotate(isDue: (path: string) => boolean): Promise<string | undefined> {
    const { path, rotation } = this.#options
    if (this.#held !== undefined || !isRotatable(path) || !isDue(path)) return undefined
    this.#held = []
    try {
      await this.#file.close()
      // What was under way is in the file by now.
      if (!isDue(path)) return undefined
      return moveAside(path, rotation.closedPath)
    } finally {
      const held = this.#held
      this.#held = undefined
      for (const append of held) append()
    }
  }

  async close(): Promise<void> {
    await this.#file.close()
  }
}

/** Renames an active file that nobody writes; undefined when there is nothing to close. */
export function moveAside(path: string, closedPath: () => string): string | undefined {
  if (!isRotatable(path)) return undefined
  const closed = closedPath()
  if (lstatSync(closed, { throwIfNoEntry: false }) !== undefined) throw new Error(`${closed} exists`)
  renameSync(path, closed)
  return closed
}

function isRotatable(path: string): boolean {
  const stat = lstatSync(path, { throwIfNoEntry: false })
  return stat?.isFile() === true && stat.size > 0
}
