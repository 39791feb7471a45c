// pino to a file through its own destination (sonic-boom). A minLength of 4096 is what its documentation gives for
// asynchronous logging; without one it is faster here.
import { join } from 'node:path'
import { promisify } from 'node:util'
import pino from 'pino'

export function open({ folder, sync, minLength }) {
  const destination = pino.destination({ dest: join(folder, 'pino.jsonl'), sync, minLength })
  const logger = pino(destination)
  return {
    acknowledges: sync ? 'return' : 'nothing',
    log: (entry) => logger.info(entry),
    settle: () => (sync ? undefined : promisify((done) => destination.flush(done))()),
    close: () => destination.end(),
  }
}
