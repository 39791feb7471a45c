// winston with its file transport and its JSON format.
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import winston from 'winston'

export function open({ folder }) {
  const file = new winston.transports.File({ filename: join(folder, 'winston.jsonl') })
  const logger = winston.createLogger({ format: winston.format.json(), transports: [file] })
  // It tells nobody when a line is written (`logged` comes before); its streams do when they are empty.
  const streams = () => [logger, file, file._stream, file._dest]
  const isEmpty = (stream) => stream.writableLength === 0 && !(stream.readableLength > 0)
  return {
    acknowledges: 'nothing',
    log: (entry) => logger.log({ level: 'info', message: 'llm request', ...entry }),
    async settle() {
      while (!streams().every(isEmpty)) await turn()
    },
    close: () => logger.end(),
  }
}
