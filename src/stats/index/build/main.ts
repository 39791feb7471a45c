/** The builder's process: makes the parts of the files it is told, with a database of its own. */
import { rmSync } from 'node:fs'
import { DamageFinder } from '../../../journal/damage.js'
import { Slices } from '../../../slices.js'
import { Database } from '../../duckdb/database.js'
import { KnownFiles } from '../../duckdb/readable-files.js'
import { readRows } from '../read-rows.js'
import { buildPart } from './build-part.js'
import { isBuilderFolder } from './builder-folder.js'
import { type BuildAnswer, isOrder } from './messages.js'

/** A file that takes more is read by the host. */
const MEMORY_LIMIT = '512MB'

// Files are read beside each other, each by one thread: two that share one file wait for each other.
const database = new Database({ threads: 1, memoryLimit: MEMORY_LIMIT })
const known = new KnownFiles()
const tools = {
  readRows: (path: string) => database.use((session) => readRows(session, path, known)),
  damage: new DamageFinder(),
  // The database goes on meanwhile, with the next file.
  slices: new Slices(),
}

/** The folder of this process's temporary files, which the host made for it. */
const [, , own = ''] = process.argv

/** Whatever fails here is tried again where it can be told. */
async function answer(order: unknown): Promise<void> {
  if (!isOrder(order)) return
  const { number, path, of } = order
  const built = await buildPart(path, of, tools).catch(() => undefined)
  const told: BuildAnswer = built
    ? { number, built: { identity: built.identity, contents: [Buffer.concat(built.contents)] } }
    : { number }
  process.send?.(told)
}

/** The host is gone, and with it who would take the temporary files away. This process may be in the middle of work. */
function leave(): void {
  rmSync(own, { recursive: true, force: true })
  process.kill(process.pid, 'SIGKILL')
}

// Whoever else runs or imports this file keeps what they have.
if (isBuilderFolder(own)) {
  process.on('message', answer)
  process.on('disconnect', leave)
  // While this was being loaded.
  if (!process.connected) leave()
}
