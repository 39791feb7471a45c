import { mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { tempFolder } from '../../../test/fixtures/temp-folder.js'
import { SLOTS_DIR } from '../slot.js'
import { type ClockReading, isExplained, recordClock, recordedClock } from './trusted-clock.js'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const YEAR = 365 * DAY
const record: ClockReading = { wall: Date.UTC(2026, 0, 1), boot_id: 'one', uptime_s: 1_000 }

/** The reading after so much time by the wall and by the uptime. */
function after(wallMs: number, uptimeMs: number): ClockReading {
  return { wall: record.wall + wallMs, boot_id: 'one', uptime_s: record.uptime_s + uptimeMs / 1000 }
}
const rebooted = (wallMs: number): ClockReading => ({
  wall: record.wall + wallMs,
  boot_id: 'two',
  uptime_s: 30,
})

test.each<[string, ClockReading, boolean]>([
  ['a minute later', after(60_000, 60_000), true],
  ['a year later, and up all the time', after(YEAR, YEAR), true],
  ['a year later, corrected by half an hour', after(YEAR + HOUR / 2, YEAR), true],
  ['a year later, of which 23 hours were not counted', after(YEAR, YEAR - 23 * HOUR), false],
  ['back an hour', after(-HOUR, 60_000), false],
  ['back a second', after(-1_000, 60_000), true],
  ['back two minutes', after(-120_000, 60_000), false],
  ['two days later, suspended', after(2 * DAY, 60_000), true],
  ['ten years ahead', after(10 * YEAR, 60_000), false],
  ['ten years ahead, then a reboot', rebooted(10 * YEAR), false],
  ['two days later, after a reboot', rebooted(2 * DAY), true],
  ['four days later, after a reboot', rebooted(4 * DAY), false],
  ['back to 1970 after a reboot', rebooted(-record.wall), false],
  ['four days later where no boot has a name', { ...after(4 * DAY, 4 * DAY), boot_id: '' }, false],
])('%s: explained is %s', (_, now, expected) => {
  expect(isExplained(record, now)).toBe(expected)
})

describe('recordedClock', () => {
  function folder(): string {
    const dir = tempFolder()
    mkdirSync(join(dir, SLOTS_DIR))
    return dir
  }
  function files(dir: string, times: readonly number[]): string[] {
    return times.map((ms, index) => {
      const path = join(dir, `${index}`)
      writeFileSync(path, '')
      utimesSync(path, ms / 1000, ms / 1000)
      return path
    })
  }

  test('is what was recorded', async () => {
    const dir = folder()
    await recordClock(dir, record)
    expect(recordedClock(dir, files(dir, [0]))).toEqual(record)
  })

  test.each([
    ['empty', ''],
    ['torn', '{"wall":17'],
    ['of another kind', '{"wall":"x","boot_id":1}'],
    ['past all time', '{"wall":1e300,"boot_id":"","uptime_s":1}'],
  ])('that is %s is none', (_, text) => {
    const dir = folder()
    writeFileSync(join(dir, SLOTS_DIR, 'clock'), text)
    expect(recordedClock(dir, files(dir, [5_000]))?.wall).toBe(5_000)
  })

  test.each([
    ['without files there is none', [], undefined],
    ['the newest file', [7 * DAY, 3 * DAY, 100 * DAY], 100 * DAY],
    ['the newest file before a jump of years', [7 * DAY, 9 * DAY, 10 * YEAR, 10 * YEAR + DAY], 9 * DAY],
  ])('%s', (_, times, expected) => {
    const dir = folder()
    expect(recordedClock(dir, files(dir, times))?.wall).toBe(expected)
  })
})
