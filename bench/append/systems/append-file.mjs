// What one writes without a library: each entry appended by itself, and awaited.
import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'

export function open({ folder }) {
  const path = join(folder, 'requests.jsonl')
  return {
    acknowledges: 'promise',
    log: (entry) => appendFile(path, `${JSON.stringify(entry)}\n`),
    settle() {},
    close() {},
  }
}
