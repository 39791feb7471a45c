/** `<pid>-<start>-<place>`, in the name of what a process may leave behind: it says whose it is. */
import { createHash } from 'node:crypto'
import type { Writer } from '../entry/entry.js'
import { livenessOf, ownIdentity } from './process-identity.js'

const MARK = /^(\d+)-(\d*)-([0-9a-f]{16})$/

export function processMark(process: Writer = ownIdentity()): string {
  const { tick } = partsOf(process)
  return `${process.pid}-${tick}-${placeOf(process)}`
}

/** Whether the process has surely ended; false for one that cannot be looked at, and for what is no mark. */
export function isMarkGone(mark: string): boolean {
  const [, pid, tick, place] = MARK.exec(mark) ?? []
  const own = ownIdentity()
  if (pid === undefined || place !== placeOf(own)) return false
  const started = own.started === '' ? '' : [partsOf(own).where, tick].join(' ')
  return livenessOf({ host: own.host, pid: Number(pid), started }) === 'gone'
}

/** Where a process id means the same process: host, boot and pid namespace. */
function placeOf(process: Writer): string {
  const place = `${process.host} ${partsOf(process).where}`
  return createHash('sha256').update(place).digest('hex').slice(0, 16)
}

function partsOf({ started }: Writer): { readonly where: string; readonly tick: string } {
  const [boot = '', namespace = '', tick = ''] = started.split(' ')
  return { where: `${boot} ${namespace}`, tick }
}
