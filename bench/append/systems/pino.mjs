// pino to a file through its own destination (sonic-boom).
import { join } from 'node:path'
import { promisify } from 'node:util'
import pino from 'pino'

export function open({ folder, sync }) {
  // 4096 is what pino's documentation gives for asynchronous logging.
  const destination = pino.destination({
    dest: join(folder, 'pino.jsonl'),
    sync,
    ...(sync ? {} : { minLength: 4096 }),
  })
  const logger = pino(destination)
  return {
    acknowledges: sync ? 'return' : 'nothing',
    log: (entry) => logger.info(entry),
    settle: () => (sync ? undefined : promisify((done) => destination.flush(done))()),
    close: () => destination.end(),
  }
}
