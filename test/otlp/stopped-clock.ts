/** For spans that end at a known time, a clock that nothing moves but its own pauses. */
import type { Clock } from '../../src/capture/otlp/index.js'

export const END = Date.parse('2026-01-31T14:00:01.000Z')
export const TIMES = {
  startTimeUnixNano: `${END - 1000}000000`,
  endTimeUnixNano: `${END}000000`,
}
export const ANSWERED = { 'gen_ai.response.id': 'chatcmpl-1' }

/** A clock that only its own pauses move; `during` is what happens in each of them. */
export function stoppedClock(
  now: number,
  during: (pause: number) => Promise<unknown> = async () => undefined,
) {
  const clock = {
    pauses: 0,
    now: () => now,
    async wait(ms: number) {
      now += ms
      clock.pauses += 1
      await during(clock.pauses)
    },
    atMost: (_ms: number, work: Promise<unknown>) => work,
  }
  return clock satisfies Clock
}
