// A child process that logs, as its parent sees it through a pipe.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** What still runs when this process ends goes with it. @type {Set<Writer>} */
const running = new Set()
process.on('exit', () => void killAll())

const WRITER = fileURLToPath(new URL('../children/writer.mjs', import.meta.url))

/**
 * @typedef {object} Task
 * @property {string} workspace
 * @property {string} prefix of the ids
 * @property {string[]} [projects] their ids, in turn; one is made when absent
 * @property {number} [count] calls, without end when absent
 * @property {number} [inFlight] default 32
 * @property {number} [pauseMs] between the calls of each in flight
 * @property {number} [messagesEvery] each n-th call appends a message instead
 * @property {number} [chats] how many those messages go to, default 3
 * @property {'throw' | 'never'} [onError]
 * @property {object} [options] of openLedger
 * @property {string} [ownRoot] of the project, from a resolver; `projects` holds its id
 * @property {boolean} [isSecond] another ledger holds the project's first slot
 * @property {boolean} [waits] for SIGHUP before the first call
 * @property {number} [padding] characters more in each entry
 * @property {boolean} [priced] each entry has its cost: the writer starts in less time
 *
 * @typedef {{atMs: number, outcome: string, id: string, code: string | undefined}} Call
 * @typedef {object} Writer
 * @property {import('node:child_process').ChildProcess} process
 * @property {() => Call[]} calls settled so far, messages as well
 * @property {() => string[]} acknowledged ids of entries
 * @property {() => string[]} messages ids of acknowledged ones
 * @property {(what: () => boolean, ms?: number) => Promise<boolean>} until true, or the process ended, or the time is over
 * @property {() => string[]} projects
 * @property {() => Promise<boolean>} isOpen resolves once its ledger is
 * @property {Promise<{code: number | null, signal: string | null, stderr: string, end: any}>} exited
 */

/**
 * @param {Task} task
 * @param {{command?: string[], env?: NodeJS.ProcessEnv, uid?: number}} [how] `command` comes before that of the writer
 * @returns {Writer}
 */
export function startWriter(task, { command = [], env = {}, uid } = {}) {
  const [file = '', ...args] = [...command, process.execPath, WRITER, JSON.stringify(task)]
  const child = spawn(file, args, {
    env: { ...process.env, UV_USE_IO_URING: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: what runs it (strace, a shell) is killed with it.
    detached: true,
    ...(uid === undefined ? {} : { uid, gid: uid }),
  })
  /** @type {Call[]} */
  const calls = []
  /** @type {string[]} */
  const projects = []
  let unread = ''
  let stderr = ''
  /** @type {any} */
  let end
  child.stdout.on('data', (chunk) => {
    const lines = `${unread}${chunk}`.split('\n')
    unread = lines.pop() ?? ''
    for (const line of lines) {
      const [atMs, outcome = '', id = '', code] = line.split(' ')
      if (outcome === 'end') end = JSON.parse(line.slice(line.indexOf('{')))
      else if (outcome === 'project') projects.push(id)
      else calls.push({ atMs: Number(atMs), outcome, id, code })
    }
  })
  child.stderr.on('data', (chunk) => {
    stderr += chunk
  })
  let isOver = false
  const exited = new Promise((resolve) => {
    child.on('close', (code, signal) => {
      isOver = true
      running.delete(writer)
      resolve({ code, signal, stderr, end })
    })
  })
  const idsOf = (/** @type {string} */ what) =>
    calls.filter(({ outcome }) => outcome === what).map(({ id }) => id)
  /** @type {Writer} */
  const writer = {
    process: child,
    calls: () => calls.filter(({ outcome }) => outcome !== 'open'),
    acknowledged: () => idsOf('ok'),
    messages: () => idsOf('message'),
    projects: () => projects,
    isOpen: () => writer.until(() => calls.some(({ outcome }) => outcome === 'open')),
    async until(what, ms = 60_000) {
      const deadline = Date.now() + ms
      while (!what() && !isOver && Date.now() < deadline)
        await new Promise((resolve) => setTimeout(resolve, 5))
      return what()
    },
    exited,
  }
  running.add(writer)
  return writer
}

/** Kills the writer and what runs it. @param {Writer} writer */
export function kill(writer) {
  if (writer.process.pid !== undefined && writer.process.exitCode === null) {
    try {
      process.kill(-writer.process.pid, 'SIGKILL')
    } catch {
      // It ended meanwhile.
    }
  }
  return writer.exited
}

/** Kills all that still run. */
export async function killAll() {
  await Promise.all([...running].map(kill))
}
