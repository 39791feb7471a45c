import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { genAi } from '../../src/capture/otlp/conventions/gen-ai.js'
import { openInference } from '../../src/capture/otlp/conventions/openinference.js'
import { vercelAi } from '../../src/capture/otlp/conventions/vercel-ai.js'

const page = readFileSync(fileURLToPath(new URL('../../docs/otlp.md', import.meta.url)), 'utf8')

test('docs/otlp.md names every attribute that a convention reads', () => {
  const names = [genAi, openInference, vercelAi].flatMap((convention) =>
    Object.values(convention.names).flat(),
  )
  expect(names.length).toBeGreaterThan(40)
  expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([])
})
