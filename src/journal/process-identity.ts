/** Who a process is, told apart from a later one with the same pid; and whether it is gone. */
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { isMainThread } from 'node:worker_threads'
import type { Writer } from '../entry/entry.js'

/** `started` is boot id, pid namespace and start tick on Linux, empty where the system has no /proc. */
function startedOf(pid: number): string | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    const namespace = readlinkSync('/proc/self/ns/pid')
    return `${boot} ${namespace} ${startTick(readFileSync(`/proc/${pid}/stat`, 'utf8'))}`
  } catch {
    return undefined
  }
}

/** Field 22 of /proc/<pid>/stat, counted behind the command's closing bracket: the command may hold spaces. */
function startTick(stat: string): string {
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
}

let self: Writer | undefined

/** The identity of this process. */
export function ownIdentity(): Writer {
  self ??= { host: hostname(), pid: process.pid, started: startedOf(process.pid) ?? '' }
  return self
}

/**
 * `unknown`: it ran where this process cannot look, on another host or in another container. `rebooted`: on a host of
 * the same name, before its last boot; or on another host that has the same name.
 */
export type Liveness = 'alive' | 'gone' | 'rebooted' | 'unknown'

export function livenessOf(writer: Writer): Liveness {
  const own = ownIdentity()
  if (writer.host !== own.host) return 'unknown'
  const [boot, namespace] = writer.started.split(' ')
  const [ownBoot, ownNamespace] = own.started.split(' ')
  if (boot !== ownBoot) return 'rebooted'
  if (namespace !== ownNamespace) return 'unknown'
  if (ownBoot === '') return signalReaches(writer.pid) ? 'alive' : 'gone'
  return startedOf(writer.pid) === writer.started ? 'alive' : 'gone'
}

/**
 * The worker thread that calls, as the system knows it: its number and start. A worker may be ended while its process
 * lives on. Undefined in the main thread and where the system has no /proc.
 */
export function ownThread(): string | undefined {
  if (isMainThread) return undefined
  try {
    const id = readlinkSync('/proc/thread-self').split('/').at(-1) ?? ''
    return `${id} ${threadStart(process.pid, id)}`
  } catch {
    return undefined
  }
}

/** Whether the thread of a process that is alive, and can be looked at, has ended. */
export function isThreadGone(pid: number, thread: string): boolean {
  const [id = '', start] = thread.split(' ')
  try {
    return !/^\d+$/.test(id) || threadStart(pid, id) !== start
  } catch {
    return true
  }
}

function threadStart(pid: number, id: string): string {
  return startTick(readFileSync(`/proc/${pid}/task/${id}/stat`, 'utf8'))
}

function signalReaches(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    // EPERM: there is such a process, and it is not ours.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
