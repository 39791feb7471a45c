import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const SRC = fileURLToPath(new URL('../../src', import.meta.url))

/** Of use to every stage, and without an import of ours. */
const PIECES: readonly string[] = ['at-exit.ts', 'pace.ts', 'slices.ts', 'drop-oldest.ts']

/** Which stages a stage may import. The arrows of ARCHITECTURE.md. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  entry: [],
  tokens: ['entry'],
  pricing: ['entry', 'tokens'],
  journal: ['entry'],
  'system-log': ['entry', 'journal'],
  'chat-log': ['entry', 'journal'],
  workspace: ['entry', 'journal'],
  stats: ['entry', 'journal'],
  ledger: [
    'entry',
    'tokens',
    'pricing',
    'journal',
    'chat-log',
    'workspace',
    'stats',
    'system-log',
    'ledger.ts',
    'ledger-options.ts',
    'snake-case.ts',
  ],
  capture: ['entry', 'tokens', 'pricing', 'chat-log', 'ledger.ts'],
  import: ['entry', 'tokens', 'pricing', 'journal', 'capture', 'ledger.ts'],
  http: ['index.ts', 'capture'],
  cli: ['index.ts', 'http'],
}

/** The part of the journal that reads; the stats never see the writer. */
const JOURNAL_READER = [
  'read-lines',
  'parse-entry',
  'snapshot',
  'segments',
  'damage',
  'gunzip',
  'open-regular',
  'process-mark',
]

interface Import {
  readonly from: string
  readonly to: string
}

function importsOf(file: string): Import[] {
  const text = readFileSync(file, 'utf8')
  const specifiers = [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map((match) => match[1] ?? '')
  return specifiers.map((specifier) => ({
    from: relative(SRC, file),
    to: relative(SRC, resolve(dirname(file), specifier)).replace(/\.js$/, '.ts'),
  }))
}

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  .map((name) => join(SRC, name))
const imports = files.flatMap(importsOf)
const stageOf = (path: string): string => path.split('/')[0] ?? ''

test('the imports were found', () => {
  expect(files.length).toBeGreaterThan(50)
  expect(imports.length).toBeGreaterThan(100)
})

test('imports point one way, along the arrows', () => {
  const against = imports.filter(({ from, to }) => {
    const [stage, target] = [stageOf(from), stageOf(to)]
    if (!(stage in MAY_IMPORT) || stage === target || target === 'errors.ts' || PIECES.includes(target))
      return false
    return !MAY_IMPORT[stage]?.includes(target)
  })
  expect(against).toEqual([])
})

test('what is of use to every stage imports nothing of ours', () => {
  expect(imports.filter(({ from }) => PIECES.includes(from))).toEqual([])
})

test('of a capture, the server sees its entry file alone', () => {
  const others = imports.filter(
    ({ from, to }) =>
      stageOf(from) === 'http' && stageOf(to) === 'capture' && !/^capture\/[a-z]+\/index\.ts$/.test(to),
  )
  expect(others).toEqual([])
})

test('every stage is named here', () => {
  const stages = new Set(
    files.map((file) => stageOf(relative(SRC, file))).filter((stage) => !stage.endsWith('.ts')),
  )
  expect([...stages].sort()).toEqual(Object.keys(MAY_IMPORT).sort())
})

test('the stats see the reader of the journal, never its writer', () => {
  const writers = imports.filter(
    ({ from, to }) =>
      stageOf(from) === 'stats' &&
      stageOf(to) === 'journal' &&
      !JOURNAL_READER.some((name) => to.endsWith(`${name}.ts`)),
  )
  expect(writers).toEqual([])
})

test('no module of the library writes to the console', () => {
  const writers = files.filter(
    (file) => !file.includes('/cli/') && /\bconsole\./.test(readFileSync(file, 'utf8')),
  )
  expect(writers).toEqual([])
})
