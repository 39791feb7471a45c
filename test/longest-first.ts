/** The order of the test files. */
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Half a minute and more each. */
const LONGEST = [
  'test/property/stats-fold.test.ts',
  'test/contract/stats-engine/index.test.ts',
  'test/contract/stats-engine/duckdb.test.ts',
  'test/faults/faults.test.ts',
  'test/cli/query.test.ts',
  'test/faults/upkeep-kill.test.ts',
  'test/capture/captures.test.ts',
]

/**
 * A long file that starts last is waited for by an idle core. Vitest itself orders files by how long they took in the run
 * before; where there was none, as in CI, by their size, and the longest are among the smallest.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const place = LONGEST.findIndex((name) => moduleId.endsWith(name))
      return place < 0 ? LONGEST.length : place
    }
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b))
  }
}
