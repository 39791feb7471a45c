/** The folders in which readers hold their links, `.slots/read-<process mark>-<uuid>`: each name says whose it is. */
import { randomUUID } from 'node:crypto'
import type { Writer } from '../entry/entry.js'
import { ownIdentity } from './process-identity.js'
import { isMarkGone, processMark } from './process-mark.js'

const NAME = /^read-(\d+-\d*-[0-9a-f]{16})-/

/** A new name for a folder of the process. */
export function readerFolder(reader: Writer = ownIdentity()): string {
  return `read-${processMark(reader)}-${randomUUID()}`
}

/** Whether the folder is of a process that surely does not read any more; false for one that cannot be looked at. */
export function isReaderGone(name: string): boolean {
  return isMarkGone(NAME.exec(name)?.[1] ?? '')
}
