// rotating-file-stream; a line is acknowledged by the callback of its write. It rotates where Ledgerline does.
import { createStream } from 'rotating-file-stream'

export function open({ folder }) {
  const stream = createStream('requests.jsonl', { path: folder, size: '64M' })
  return {
    acknowledges: 'promise',
    log: (entry) =>
      new Promise((resolve, reject) => {
        stream.write(`${JSON.stringify(entry)}\n`, (error) => (error ? reject(error) : resolve()))
      }),
    settle() {},
    close: () => new Promise((resolve) => stream.end(resolve)),
  }
}
