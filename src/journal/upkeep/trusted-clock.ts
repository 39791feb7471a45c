/** Whether the wall clock can be believed before anything is deleted by age: a clock that jumped says nothing of it. */
import { readFileSync, statSync } from 'node:fs'
import { open, rename } from 'node:fs/promises'
import { uptime } from 'node:os'
import { join } from 'node:path'
import { ownIdentity } from '../process-identity.js'
import { SLOTS_DIR } from '../slot.js'
import { draftPath } from './draft.js'
import { DAY_MS } from './plan-retention.js'

export interface ClockReading {
  /** Epoch ms. */
  readonly wall: number
  /** Empty where the system has none. */
  readonly boot_id: string
  readonly uptime_s: number
}

const HOUR_MS = 3_600_000
/** As long as a machine may be off over a weekend. */
const UNWATCHED_MS = 3 * DAY_MS

export function readClock(): ClockReading {
  const [boot = ''] = ownIdentity().started.split(' ')
  return { wall: Date.now(), boot_id: boot, uptime_s: uptime() }
}

/** The clocks of host and disk differ a little, and are corrected. */
const SLACK_MS = 60_000

/** Never when it went backwards: it went as the uptime did since the record, or the record is less than 3 days old. */
export function isExplained(record: ClockReading, now: ClockReading): boolean {
  const passed = now.wall - record.wall
  if (passed < -SLACK_MS) return false
  if (passed < UNWATCHED_MS) return true
  if (now.boot_id === '' || now.boot_id !== record.boot_id) return false
  return Math.abs(passed - (now.uptime_s - record.uptime_s) * 1000) <= HOUR_MS
}

/** The last instant that a Date can hold. */
const MAX_MS = 8.64e15
/** A step of more than a year between two files is no pause but a clock that was set. */
const JUMP_MS = 366 * DAY_MS

/**
 * The record of the last pass; where there is none the newest time of the files, which is the disk's. Files behind a
 * jump do not count: they may be of a clock that was wrong already. Undefined when there is nothing to go by.
 */
export function recordedClock(dir: string, files: readonly string[]): ClockReading | undefined {
  const record = readRecord(join(dir, SLOTS_DIR, 'clock'))
  if (record !== undefined) return record
  const times = files
    .flatMap((path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? [])
    .sort((a, b) => a - b)
  const jump = times.findIndex((time, index) => time - (times[index - 1] ?? time) > JUMP_MS)
  const wall = jump < 0 ? times.at(-1) : times[jump - 1]
  return wall === undefined ? undefined : { wall, boot_id: '', uptime_s: 0 }
}

export async function recordClock(dir: string, reading: ClockReading): Promise<void> {
  const draft = draftPath(dir, '')
  const file = await open(draft, 'wx', 0o600)
  try {
    await file.writeFile(`${JSON.stringify(reading)}\n`)
    await file.datasync()
  } finally {
    await file.close()
  }
  await rename(draft, join(dir, SLOTS_DIR, 'clock'))
}

function readRecord(path: string): ClockReading | undefined {
  try {
    const { wall, boot_id, uptime_s } = JSON.parse(readFileSync(path, 'utf8'))
    const isReading = Math.abs(wall) <= MAX_MS && typeof boot_id === 'string' && Number.isFinite(uptime_s)
    return isReading ? { wall, boot_id, uptime_s } : undefined
  } catch {
    return undefined
  }
}
