/** A database of one query: in memory, bounded, and after lock() without access to anything but the files it was given. */
import { rm, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { LedgerlineError } from '../../../errors.js'
import { type DuckDb, loadDuckDb } from '../load-duckdb.js'
import { Session } from '../session.js'
import { literal } from '../sql.js'
import { makeTemporaryFolder, removeLeftFolders } from '../temporary-folder.js'

/** For what the SQL need not see. */
export const OWN_SCHEMA = 'ledgerline'

const BOUNDS = {
  threads: '2',
  memory_limit: '1GB',
  preserve_insertion_order: 'true',
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
  allow_community_extensions: 'false',
}

export class Sandbox implements AsyncDisposable {
  /** Its own, 0700: what needs more memory than it may have, and copies; gone when it is disposed. */
  readonly folder: string
  readonly duckdb: DuckDb
  readonly connection: DuckDBConnection
  readonly session: Session
  readonly #instance: DuckDBInstance

  private constructor(
    duckdb: DuckDb,
    folder: string,
    instance: DuckDBInstance,
    connection: DuckDBConnection,
  ) {
    this.duckdb = duckdb
    this.folder = folder
    this.#instance = instance
    this.connection = connection
    this.session = new Session(duckdb, connection)
  }

  static async open(): Promise<Sandbox> {
    const duckdb = loadDuckDb()
    await removeLeftFolders()
    const folder = await makeTemporaryFolder('query').catch(noFolder)
    try {
      const instance = await duckdb.DuckDBInstance.create(':memory:', {
        ...BOUNDS,
        temp_directory: join(folder, 'spill'),
        max_temp_directory_size: await halfOfFree(folder),
      })
      const connection = await instance.connect()
      await connection.run("SET GLOBAL TimeZone = 'UTC'")
      await connection.run(`CREATE SCHEMA ${OWN_SCHEMA}`)
      return new Sandbox(duckdb, folder, instance, connection)
    } catch (error) {
      await rm(folder, { recursive: true, force: true })
      throw error
    }
  }

  /** From now on only these paths can be opened, and no option can be changed. They may hold patterns, spelled as they are read. */
  async lock(paths: readonly string[]): Promise<void> {
    if (paths.length > 0) await this.connection.run(`SET allowed_paths = [${paths.map(literal).join(', ')}]`)
    await this.connection.run('SET enable_external_access = false')
    await this.connection.run('SET errors_as_json = true')
    await this.connection.run('SET lock_configuration = true')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.connection.disconnectSync()
    this.#instance.closeSync()
    await rm(this.folder, { recursive: true, force: true })
  }
}

/** The logs may be on the same disk, and a query must not take the last of it. */
async function halfOfFree(folder: string): Promise<string> {
  const { bavail, bsize } = await statfs(folder)
  return `${Math.floor((bavail * bsize) / 2 / (1 << 20))}MiB`
}

function noFolder(cause: unknown): never {
  const path = tmpdir()
  const message = `no folder can be made in the temporary folder ${path}, which TMPDIR names`
  throw new LedgerlineError('QUERY_FAILED', message, { operation: 'query', path, cause })
}
