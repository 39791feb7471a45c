// What every system is asked. A question is told in a neutral form; each system puts it in its own words.
import { YEAR } from './ledger/make-ledger.mjs'
import { randomSource } from './ledger/random.mjs'

const DAY_MS = 86_400_000
/** Whole days at both ends of the year that a variant may leave out. */
const DAYS_LEFT_OUT = 30

/** In the order of the tables. */
export const QUESTIONS = {
  summary: 'summary with percentiles, the project that holds half',
  days: 'day x model for a year, the same project',
  range: 'summary between two arbitrary instants, the same project',
  chat: 'one chat',
  global: 'summary of all projects',
}

/**
 * Variant `n` of a question: {name, everywhere, fromMs, toMs, dates, days, chat}. Variant 0 of summary, days and global is the
 * whole year without a range; the others leave out some whole days (`dates`), each of 900 others, so that no answer can simply
 * be kept. A range is from two to ten months long. Both ends are included.
 */
export function question(name, n, { chats }) {
  const asked = { name, everywhere: name === 'global', days: name === 'days', dates: false }
  if (name === 'chat') return { ...asked, chat: chats[n % chats.length] }
  if (name === 'range') {
    const random = randomSource(1 + n)
    const length = (60 + 240 * random.share()) * DAY_MS
    const fromMs = Math.floor(YEAR.from + random.share() * (YEAR.to - YEAR.from - length))
    return { ...asked, fromMs, toMs: Math.floor(fromMs + length) }
  }
  if (n === 0) return asked
  const fromMs = YEAR.from + (n % DAYS_LEFT_OUT) * DAY_MS
  const toMs = YEAR.to - ((n + Math.floor(n / DAYS_LEFT_OUT)) % DAYS_LEFT_OUT) * DAY_MS
  return { ...asked, fromMs, toMs, dates: true }
}
