/** Each id once: the line that holds its final state. */
import { STATE } from './lines.js'
import { numberOf, type Session } from './session.js'
import { instant } from './sql.js'

/**
 * A rank is one number: final or not, then the end, then the place of the line, each in bits of its own. Constants are
 * spelled out because shifts and remainders of such wide numbers are slow.
 */
const FINAL = `${1n << 100n}::HUGEINT`
const PER_MS = `${1n << 50n}::HUGEINT`
const LINE_BITS = `${(1n << 50n) - 1n}::HUGEINT`
/** Makes every instant from year 0 on positive; 0 is a line without an end. */
const SHIFT_MS = 62_167_219_200_001n

export interface Winners {
  /**
   * A condition on `lines` that holds for one line of each id: a final state beats pending; of several the one that
   * ended last, of equals the one read last. Null when it would hold for all, which is the common case and costs one
   * count.
   */
  readonly condition: string | null
  /** Lines that are entries, whether they win or not. */
  readonly entries: number
  /** Those of them that are pending. */
  readonly pending: number
}

/** May make the temporary table `winners`. */
export async function findWinners(session: Session): Promise<Winners> {
  const [counts] = await session.rows(`
    SELECT count(*) AS lines, count(state) AS entries, count(*) FILTER (WHERE state = ${STATE.pending}) AS pending,
      count(DISTINCT id) FILTER (WHERE state IS NOT NULL) AS ids
    FROM lines`)
  const [entries, pending] = [numberOf(counts?.entries), numberOf(counts?.pending)]
  if (entries === numberOf(counts?.ids)) {
    const condition = entries === numberOf(counts?.lines) ? null : 'state IS NOT NULL'
    return { condition, entries, pending }
  }
  await session.run(`
    CREATE TEMP TABLE winners AS
    SELECT (max(
      CASE WHEN state >= ${STATE.success} THEN ${FINAL} ELSE 0::HUGEINT END
      + coalesce(${instant('ended')} + ${SHIFT_MS}, 0)::HUGEINT * ${PER_MS}
      + rowid
    ) & ${LINE_BITS})::BIGINT AS line
    FROM lines WHERE state IS NOT NULL GROUP BY id`)
  return { condition: 'rowid IN (SELECT line FROM winners)', entries, pending }
}
