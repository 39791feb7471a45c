/** The process that makes parts. It has nothing of the host's but what it is told, and leaves nothing behind. */
import { type ChildProcess, fork } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { PartOf } from '../index-folder.js'
import type { BuiltPart } from './build-part.js'
import { builderFolder } from './builder-folder.js'
import { type BuildOrder, isAnswer } from './messages.js'

type Settle = (built: BuiltPart | undefined) => void

export class Builder {
  readonly #process: ChildProcess
  readonly #folder: string
  readonly #exited: Promise<void>
  /** By the number of the order. */
  readonly #waiting = new Map<number, Settle>()
  #orders = 0
  #isGone = false

  /** `script` is the compiled main.ts. */
  constructor(script: URL) {
    // Its temporary files are all in here, since it may be ended at any point. Without it what needs some is read elsewhere.
    this.#folder = builderFolder()
    try {
      mkdirSync(this.#folder, { mode: 0o700 })
    } catch {}
    // The host's own flags, hooks and secrets are for the host.
    this.#process = fork(fileURLToPath(script), [this.#folder], {
      env: { ...neededToRun(), TMPDIR: this.#folder, TEMP: this.#folder, TMP: this.#folder },
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    this.#exited = new Promise((resolve) => {
      // Of one that could not be started there is no exit.
      this.#process.once('exit', () => resolve()).once('error', () => resolve())
    })
    this.#process.on('message', (message: unknown) => {
      if (!isAnswer(message)) return this.#leave()
      this.#waiting.get(message.number)?.(message.built)
      this.#waiting.delete(message.number)
    })
    for (const event of ['error', 'exit', 'disconnect']) this.#process.on(event, () => this.#leave())
  }

  /** Undefined when the part could not be made here. */
  build(path: string, of: PartOf): Promise<BuiltPart | undefined> {
    if (this.#isGone) return Promise.resolve(undefined)
    const order: BuildOrder = { number: this.#orders++, path, of }
    return new Promise((resolve) => {
      this.#waiting.set(order.number, resolve)
      this.#process.send(order, (error) => error && this.#leave())
    })
  }

  /** Also in the middle of files. */
  async end(): Promise<void> {
    this.#leave()
    this.#process.kill('SIGKILL')
    await this.#exited
    await rm(this.#folder, { recursive: true, force: true }).catch(() => {})
  }

  #leave(): void {
    this.#isGone = true
    for (const settle of this.#waiting.values()) settle(undefined)
    this.#waiting.clear()
  }
}

/** Without which Node itself would not run. */
function neededToRun(): NodeJS.ProcessEnv {
  const { LD_LIBRARY_PATH, DYLD_LIBRARY_PATH, SystemRoot } = process.env
  return { LD_LIBRARY_PATH, DYLD_LIBRARY_PATH, SystemRoot }
}
