/** The folder of a builder's temporary files: a name that nothing else has, in the system's folder for such. */
import { randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import { basename, isAbsolute, join } from 'node:path'
import { processMark } from '../../../journal/process-mark.js'

const NAME = /^ledgerline-duckdb-\d+-\d*-[0-9a-f]{16}-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

export function builderFolder(): string {
  return join(tmpdir(), `ledgerline-duckdb-${processMark()}-${randomUUID()}`)
}

/** Whether a path is one that builderFolder gave, in this process or another. */
export function isBuilderFolder(path: string): boolean {
  return isAbsolute(path) && NAME.test(basename(path))
}
