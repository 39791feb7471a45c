/** The folders in which readers hold their links, `.slots/read-<pid>-<start>-<place>-<uuid>`: each name says whose it is. */
import { createHash, randomUUID } from 'node:crypto'
import type { Writer } from '../entry/entry.js'
import { livenessOf, ownIdentity } from './process-identity.js'

const NAME = /^read-(\d+)-(\d*)-([0-9a-f]{16})-/

/** A new name for a folder of the process. */
export function readerFolder(reader: Writer = ownIdentity()): string {
  const { tick } = partsOf(reader)
  return `read-${reader.pid}-${tick}-${placeOf(reader)}-${randomUUID()}`
}

/** Whether the folder is of a process that surely does not read any more; false for one that cannot be looked at. */
export function isReaderGone(name: string): boolean {
  const [, pid, tick, place] = NAME.exec(name) ?? []
  const own = ownIdentity()
  if (pid === undefined || place !== placeOf(own)) return false
  const started = own.started === '' ? '' : [partsOf(own).where, tick].join(' ')
  return livenessOf({ host: own.host, pid: Number(pid), started }) === 'gone'
}

/** Where a process id means the same process: host, boot and pid namespace. */
function placeOf(reader: Writer): string {
  const place = `${reader.host} ${partsOf(reader).where}`
  return createHash('sha256').update(place).digest('hex').slice(0, 16)
}

function partsOf({ started }: Writer): { readonly where: string; readonly tick: string } {
  const [boot = '', namespace = '', tick = ''] = started.split(' ')
  return { where: `${boot} ${namespace}`, tick }
}
