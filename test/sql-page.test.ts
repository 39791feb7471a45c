import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import type { Ledger } from '../src/index.js'
import { VIEWS } from '../src/stats/duckdb/query/views.js'
import { openCli } from './cli/run-cli.js'
import { openTestLedger } from './fixtures/open-test-ledger.js'

const page = readFileSync(fileURLToPath(new URL('../docs/sql.md', import.meta.url)), 'utf8')

/** Each query, and what the page says it prints. */
const examples = [...page.matchAll(/```sql\n([\s\S]*?)```\n\n```text\n([\s\S]*?)```/g)].map(
  ([, sql = '', printed = '']) => ({ sql, printed }),
)

/** What the examples are asked of. */
async function fill(ledger: Ledger, projectId: string): Promise<void> {
  const entry = { project_id: projectId, chat_id: 'refund', status: 'success', request_type: 'chat' } as const
  const at = (timestamp_start: string, latency_ms: number) => ({
    timestamp_start,
    timestamp_end: timestamp_start,
    timings: { latency_ms },
  })
  const usage = (prompt_tokens: number, completion_tokens: number) => ({ prompt_tokens, completion_tokens })
  const cost = (amount: number) => ({ amount, source: 'override' as const })
  const requests = [
    {
      ...at('2026-01-31T04:59:00.000Z', 1800),
      id: 'r1',
      model: 'gpt-4o',
      usage: usage(1000, 100),
      cost: cost(0.0035),
      tags: ['refund', 'urgent'],
      metadata: { team: 'red' },
      my_field: 'anything',
    },
    {
      ...at('2026-01-31T05:00:00.000Z', 900),
      model: 'gpt-4o',
      usage: usage(800, 60),
      cost: cost(0.0026),
      tags: ['refund'],
      metadata: { team: 'red' },
    },
    {
      ...at('2026-01-31T14:00:00.000Z', 600),
      model: 'gpt-4o-mini',
      usage: usage(400, 50),
      cost: cost(0.00009),
      tags: ['refund'],
      metadata: { team: 'blue' },
    },
    {
      ...at('2026-01-31T15:00:00.000Z', 1050),
      model: 'gpt-4o-mini',
      usage: usage(10, 0),
      cost: cost(0.0000015),
    },
    { ...at('2026-02-01T15:00:00.000Z', 900), model: 'acme-1', usage: usage(50, 10) },
    {
      ...at('2026-02-01T16:00:00.000Z', 600),
      model: 'gpt-4o',
      status: 'error' as const,
      cost: cost(0.0015535),
    },
  ]
  for (const request of requests) await ledger.logLLMRequest({ ...entry, ...request })
  const message = { project_id: projectId, chat_id: 'refund' }
  await ledger.appendMessage({ ...message, role: 'user', content: 'Where is my refund?' })
  await ledger.appendMessage({
    ...message,
    role: 'assistant',
    content: 'On its way.',
    llm_info: { model: 'gpt-4o', request_id: 'r1' },
  })
}

describe('docs/sql.md', () => {
  test('its queries print what the page shows', async () => {
    const { ledger, project, workspace } = await openTestLedger()
    await fill(ledger, project.id)
    await using cli = await openCli()
    expect(examples.length).toBeGreaterThan(5)
    expect(page.match(/^```sql$/gm)).toHaveLength(examples.length)
    const printed: string[] = []
    for (const { sql } of examples) {
      const { stdout, stderr } = await cli.run(['query', sql, '--workspace', workspace])
      printed.push(`${stderr}${stdout.replaceAll('\r\n', '\n')}`)
    }
    expect(printed).toEqual(examples.map((example) => example.printed))
  })

  test.each(['llm_requests', 'messages'] as const)('lists the columns of %s', (view) => {
    const [, section = ''] = page.split(`## \`${view}\``)
    const [, table = ''] = section.split('| column | type | |\n|---|---|---|\n')
    const rows = table.slice(0, table.indexOf('\n\n')).split('\n')
    const columns = rows.map((row) => /^\| `(\w+)` \| ([^|]+) \|/.exec(row)?.slice(1, 3))
    expect(columns).toEqual(VIEWS[view].map(({ name, type }) => [name, type]))
  })

  test('a view has the columns and types that are listed', async () => {
    const { ledger } = await openTestLedger()
    for (const [view, columns] of Object.entries(VIEWS)) {
      const result = await ledger.query(`FROM ${view}`)
      expect(result.columns).toEqual(columns.map(({ name, type }) => ({ name, type })))
    }
  })

  test('names only files that exist', () => {
    const links = [...page.matchAll(/\]\(((?!https:)[^)#]+)/g)].map((match) => match[1] ?? '')
    const docs = fileURLToPath(new URL('../docs', import.meta.url))
    expect(links.length).toBeGreaterThan(1)
    for (const link of links) expect(() => readFileSync(join(docs, link))).not.toThrow()
  })
})
