/** The DuckDB instance in memory: loaded at its first use, and a connection of its own for each question. */
import { rm } from 'node:fs/promises'
import type { DuckDBInstance } from '@duckdb/node-api'
import { type DuckDb, loadDuckDb } from './load-duckdb.js'
import { Session } from './session.js'
import { makeTemporaryFolder, removeLeftFolders } from './temporary-folder.js'

export interface DatabaseOptions {
  /** Threads of all questions together; default 2. */
  readonly threads?: number
  /** As DuckDB writes sizes; default `1GB`. What needs more goes to the temp directory. */
  readonly memoryLimit?: string
  /** Default: a folder of its own under the system's, removed at close(). */
  readonly tempDirectory?: string
}

export class Database {
  readonly #options: DatabaseOptions
  #opened: Promise<{ duckdb: DuckDb; instance: DuckDBInstance }> | undefined
  #ownTempDirectory: string | undefined

  constructor(options: DatabaseOptions) {
    this.#options = options
  }

  /** Temporary tables of the work are gone when it ends. */
  async use<T>(work: (session: Session) => Promise<T>): Promise<T> {
    this.#opened ??= this.#open()
    // A failure is not kept: the next question tries again.
    this.#opened.catch(() => {
      this.#opened = undefined
    })
    const { duckdb, instance } = await this.#opened
    const connection = await instance.connect()
    try {
      return await work(new Session(duckdb, connection))
    } finally {
      connection.disconnectSync()
    }
  }

  async close(): Promise<void> {
    const opened = await this.#opened?.catch(() => undefined)
    this.#opened = undefined
    opened?.instance.closeSync()
    const folder = this.#ownTempDirectory
    this.#ownTempDirectory = undefined
    if (folder !== undefined) await rm(folder, { recursive: true, force: true })
  }

  async #open(): Promise<{ duckdb: DuckDb; instance: DuckDBInstance }> {
    const { threads = 2, memoryLimit = '1GB' } = this.#options
    const duckdb = loadDuckDb()
    const instance = await duckdb.DuckDBInstance.create(':memory:', {
      threads: String(threads),
      memory_limit: memoryLimit,
      temp_directory: await this.#tempDirectory(),
      preserve_insertion_order: 'true',
      // Nothing is ever fetched: json and icu are built in.
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
    })
    const connection = await instance.connect()
    try {
      await connection.run("SET GLOBAL TimeZone = 'UTC'")
      await connection.run('SET GLOBAL lock_configuration = true')
    } finally {
      connection.disconnectSync()
    }
    return { duckdb, instance }
  }

  /** Made here and not by the engine, whose folders everybody may read. Empty where none can be made: then there is only memory. */
  async #tempDirectory(): Promise<string> {
    await removeLeftFolders()
    if (this.#options.tempDirectory !== undefined) return this.#options.tempDirectory
    this.#ownTempDirectory ??= await makeTemporaryFolder('duckdb').catch(() => undefined)
    return this.#ownTempDirectory ?? ''
  }
}
