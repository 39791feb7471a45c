import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { DAMAGE_KINDS, SEAL_FAULT_KINDS } from '../src/journal/verify/report.js'

const page = readFileSync(new URL('../docs/reliability.md', import.meta.url), 'utf8')

/** The first cells of the tables with the columns of kinds, table by table. */
const tables = page
  .split('| kind | what it means | what to do |\n')
  .slice(1)
  .map((table) => {
    const rows = table.slice(0, table.indexOf('\n\n')).split('\n')
    return rows.flatMap((row) => /^\| `([^`]+)` \| [^|]+ \| [^|]+ \|$/.exec(row)?.[1] ?? [])
  })

describe('docs/reliability.md', () => {
  test.each([
    ['damage', DAMAGE_KINDS, 0],
    ['seals', SEAL_FAULT_KINDS, 1],
  ] as const)('explains every kind of %s, and no other', (_, kinds, table) => {
    expect([...(tables[table] ?? [])].sort()).toEqual([...kinds].sort())
  })

  test('explains the columns of verify', () => {
    const command = readFileSync(new URL('../src/cli/commands/verify.ts', import.meta.url), 'utf8')
    const titles = [...command.matchAll(/title: '([^']+)', align: 'right', cell: \(\{ \w+ \}\)/g)].map(
      ([, title]) => title,
    )
    expect(titles).toContain('Altered before')
    for (const title of titles) expect(page).toContain(`**${title}**`)
  })

  test('says what each invariant of its tables means', () => {
    const used = new Set(page.match(/\bI\d\b/g))
    expect(used.size).toBeGreaterThan(3)
    for (const name of used) expect(page).toContain(`- **${name}** `)
  })
})
