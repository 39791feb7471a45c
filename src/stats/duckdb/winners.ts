/** Each id once: the line that holds its final state. */
import { STATE } from './lines.js'
import { numberOf, type Session } from './session.js'
import { instant } from './sql.js'

export interface Census {
  /** Indexes of the files with lines that are no entries. */
  readonly damagedFiles: readonly number[]
  /** A condition on `lines` that holds for one line of each id; null when it would hold for all. */
  readonly winners: string | null
}

/**
 * A rank is one number: final or not, then the end, then the place of the line, each in bits of its own. Constants are
 * spelled out because shifts and remainders of such wide numbers are slow.
 */
const FINAL = `${1n << 100n}::HUGEINT`
const PER_MS = `${1n << 50n}::HUGEINT`
const LINE_BITS = `${(1n << 50n) - 1n}::HUGEINT`
/** Makes every instant from year 0 on positive; 0 is a line without an end. */
const SHIFT_MS = 62_167_219_200_001n

/**
 * A final state beats pending; of several the one that ended last, of equals the one read last. Lines that have their
 * id alone, which is the common case, cost one count.
 */
export async function findWinners(session: Session): Promise<Census> {
  const [counts] = await session.rows(
    'SELECT count(*) AS lines, count(state) AS entries, count(DISTINCT id) FILTER (WHERE state IS NOT NULL) AS ids FROM lines',
  )
  const entries = numberOf(counts?.entries)
  const damaged =
    entries === numberOf(counts?.lines)
      ? []
      : await session.rows('SELECT DISTINCT file FROM lines WHERE state IS NULL ORDER BY file')
  const damagedFiles = damaged.map(({ file }) => numberOf(file))
  if (entries === numberOf(counts?.ids)) {
    return { damagedFiles, winners: damaged.length === 0 ? null : 'state IS NOT NULL' }
  }
  await session.run(`
    CREATE TEMP TABLE winners AS
    SELECT (max(
      CASE WHEN state >= ${STATE.success} THEN ${FINAL} ELSE 0::HUGEINT END
      + coalesce(${instant('ended')} + ${SHIFT_MS}, 0)::HUGEINT * ${PER_MS}
      + rowid
    ) & ${LINE_BITS})::BIGINT AS line
    FROM lines WHERE state IS NOT NULL GROUP BY id`)
  return { damagedFiles, winners: 'rowid IN (SELECT line FROM winners)' }
}
