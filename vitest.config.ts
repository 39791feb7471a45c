import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    // Two cores: more workers only take turns.
    maxWorkers: 2,
    // Against hangs alone: shared machines are five times slower on some days than on others.
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
})
