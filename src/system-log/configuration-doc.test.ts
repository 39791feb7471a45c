import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { resolveSystemLogOptions } from './resolve-options.js'

const SRC = fileURLToPath(new URL('..', import.meta.url))
const DOCUMENT = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8')

/** Of the one table: option, variable, default, unit, meaning. */
const ROWS = DOCUMENT.split('\n')
  .filter((line) => line.startsWith('|'))
  .slice(2)
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('`', '')),
  )

const documented = ROWS.map(([, variable = '']) => variable).filter((variable) => variable !== '')

/** Named in the sources, in a hint or a comment too: a name that is shown must work. */
function namedInSources(): string[] {
  const names = new Set<string>()
  for (const file of readdirSync(SRC, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts') || file.endsWith('.test.ts')) continue
    const text = readFileSync(join(SRC, file), 'utf8')
    for (const [name] of text.matchAll(/\b(?:LEDGERLINE_[A-Z_]*[A-Z]|LOG_LEVEL|NODE_ENV|NO_COLOR)\b/g))
      names.add(name)
  }
  return [...names]
}

it('every variable of the sources is in the table, and the other way round', () => {
  expect(documented.sort()).toEqual(namedInSources().sort())
})

it('no variable or option is in the table twice', () => {
  const options = ROWS.map(([option = '']) => option).filter((option) => option !== '')
  expect(new Set(documented).size).toBe(documented.length)
  expect(new Set(options).size).toBe(options.length)
})

it("the table's defaults of the system log are the real ones", () => {
  const defaults = Object.entries(resolveSystemLogOptions({}, {}))
  for (const [option, value] of defaults) {
    const row = ROWS.find(([name]) => name === `systemLog.${option}`)
    expect(row, option).toBeDefined()
    // Whether lines are pretty depends on the terminal, and a list has no text.
    if (option !== 'pretty' && option !== 'redactKeys') expect(row?.[2]).toBe(String(value))
  }
})

it('the example is accepted', () => {
  const env = Object.fromEntries(
    [...DOCUMENT.matchAll(/\b([A-Z_]+)=(\S+)/g)].map(([, name, value]) => [name, value]),
  )
  expect(resolveSystemLogOptions({}, env)).toMatchObject({ level: 'warn', maxSize: '5M', maxFiles: 30 })
})
