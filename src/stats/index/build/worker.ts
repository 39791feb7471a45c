/** The builder's thread: makes the parts of the files it is told, with a database of its own. */
import { parentPort } from 'node:worker_threads'
import { DamageFinder } from '../../../journal/damage.js'
import { Database } from '../../duckdb/database.js'
import { KnownFiles } from '../../duckdb/readable-files.js'
import { readRows } from '../read-rows.js'
import { Slices } from '../slices.js'
import { buildPart } from './build-part.js'
import { type BuildAnswer, isOrder } from './messages.js'

/** A file that takes more is read by the other thread. */
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

parentPort?.on('message', async (order: unknown) => {
  if (!isOrder(order)) return
  // Whatever fails here is tried again where it can be told.
  const built = await buildPart(order.path, order.of, tools).catch(() => undefined)
  const contents = built && joined(built.contents)
  const { number } = order
  const answer: BuildAnswer = contents
    ? { number, built: { identity: built.identity, contents: [contents] } }
    : { number }
  parentPort?.postMessage(answer, contents ? [contents.buffer] : [])
})

/** In memory of its own, which can be handed over. */
function joined(contents: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(contents.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const content of contents) {
    whole.set(content, at)
    at += content.length
  }
  return whole
}
