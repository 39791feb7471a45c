import { defineConfig } from 'vitest/config'
import { LongestFirst } from './test/longest-first.js'

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    // Two cores: more workers only take turns.
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    // Against hangs alone: shared machines are five times slower on some days than on others.
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
})
