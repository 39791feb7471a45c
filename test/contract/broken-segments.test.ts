import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { RetentionOptions } from '../../src/index.js'
import { openTestLedger } from '../fixtures/open-test-ledger.js'

/** Seven closed segments of requests, oldest first. */
async function sevenSegments(gzip: boolean) {
  const opened = await openTestLedger({ upkeep: false, rotation: { gzip } })
  const { ledger, project, entry } = opened
  for (let i = 1; i <= 7; i++) {
    await ledger.logLLMRequest(entry({ id: `r${i}`, status: 'success' }))
    await ledger.rotateLogs()
  }
  const { logsDir } = project.paths
  const segments = (): string[] =>
    readdirSync(logsDir)
      .filter((name) => /^llm_requests\.0-.*Z\.jsonl/.test(name))
      .sort()
  return { ledger, segments, logsDir }
}

const sequence = (name: string): number => Number(/-(\d{8})-/.exec(name)?.[1])

describe('a broken segment that retention must keep', () => {
  test.each<[string, boolean, number, RetentionOptions, number[]]>([
    ['cut gzip, by count', true, 1, { maxSegments: 2 }, [1, 6, 7]],
    ['cut gzip, by count and age', true, 1, { maxSegments: 2, maxAgeDays: 300 }, [1, 6, 7]],
    ['changed, by count', false, 1, { maxSegments: 2 }, [1, 6, 7]],
    ['cut gzip in the middle', true, 4, { maxSegments: 2 }, [4, 6, 7]],
    ['cut gzip that the limits keep', true, 7, { maxSegments: 2 }, [6, 7]],
    ['cut gzip that the limits keep, and age', true, 7, { maxSegments: 2, maxAgeDays: 300 }, [6, 7]],
  ])('costs no healthy one: %s', async (_, gzip, broken, retention, left) => {
    const { ledger, segments, logsDir } = await sevenSegments(gzip)
    const path = join(logsDir, segments()[broken - 1] ?? '')
    if (gzip) truncateSync(path, 60)
    else writeFileSync(path, readFileSync(path, 'utf8').replace('success', 'timeout'))
    const plan = await ledger.cleanupOldLogs({ retention, dryRun: true })
    for (let pass = 1; pass <= 2; pass++) {
      const done = await ledger.cleanupOldLogs({ retention })
      if (pass === 1) expect(done).toEqual(plan)
      expect(segments().map(sequence)).toEqual(left)
      // The limits did not ask for it, and only age has to read it.
      const isTold = broken < 6 || retention.maxAgeDays !== undefined
      expect(done.problems.map(({ code, path: at }) => ({ code, path: at }))).toEqual(
        isTold ? [{ code: 'SEGMENT_CHANGED', path }] : [],
      )
      for (const { message } of done.problems) expect(message).toContain(path)
    }
  })

  test('costs no healthy one by bytes', async () => {
    const { ledger, segments, logsDir } = await sevenSegments(true)
    const names = segments()
    truncateSync(join(logsDir, names[0] ?? ''), 60)
    const kept = names.slice(-2).map((name) => readFileSync(join(logsDir, name)).length)
    const maxBytes = kept.reduce((sum, bytes) => sum + bytes, 0)
    await ledger.cleanupOldLogs({ retention: { maxBytes } })
    expect(segments().map(sequence)).toEqual([1, 6, 7])
  })
})
