import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { tempFolder } from '../fixtures/temp-folder.js'

const CHILD = fileURLToPath(new URL('children/leave.mjs', import.meta.url))

interface Line {
  readonly id: string
  readonly status: string
  readonly usage?: { readonly prompt_tokens: number }
  readonly cost?: { readonly amount: number }
  readonly role?: string
  readonly content?: string
  readonly parent_message_id?: string | null
}

/** The lines of requests and messages of a process that logged so and left so. All must be whole. */
function linesAfter(what: string, how: string, durability: string): { entries: Line[]; messages: Line[] } {
  const workspace = tempFolder()
  const { stderr, signal } = spawnSync(process.execPath, [CHILD, workspace, what, how, durability], {
    encoding: 'utf8',
  })
  expect([signal, stderr.includes('Error: bad luck')]).toEqual([null, /error|rejection/.test(how)])
  const read = (path: string): Line[] =>
    readFileSync(join(workspace, 'projects/p', path), 'utf8')
      .replace(/\n$/, '')
      .split('\n')
      .map((line) => JSON.parse(line))
  return { entries: read('logs/llm_requests.jsonl'), messages: read('chats/c.jsonl') }
}

describe.each(['os', 'fsync'])('at %s', (durability) => {
  test.each([
    'process.exit()',
    'an uncaught error',
    'a rejection that nobody handles',
    'process.exit() while it closes',
  ])('what was captured before %s is in the files, once', (how) => {
    for (const [what, calls] of [
      ['a call', 1],
      ['ten calls', 10],
    ] as const) {
      const { entries, messages } = linesAfter(what, how, durability)
      const ended = entries.filter(({ status }) => status === 'success')
      expect(ended).toHaveLength(calls)
      expect(new Set(entries.map(({ id }) => id)).size).toBe(calls)
      for (const { usage } of ended) expect(usage?.prompt_tokens).toBe(9)
      // A final line is never before its pending one.
      for (const { id } of ended) {
        const states = entries.filter((one) => one.id === id).map(({ status }) => status)
        expect([['success'], ['pending', 'success']]).toContainEqual(states)
      }
      const said = messages.map(({ role, content }) => `${role}: ${content}`)
      expect(new Set(messages.map(({ id }) => id)).size).toBe(messages.length)
      for (let number = 0; number < calls; number++) expect(said).toContain(`user: question ${number}`)
      expect(said.filter((text) => text === 'assistant: Hi.')).toHaveLength(calls)
    }
  })

  test('a call that is under way is pending in the file', () => {
    const { entries, messages } = linesAfter('a call under way', 'process.exit()', durability)
    expect(entries.map(({ status }) => status)).toEqual(['pending'])
    expect(messages.map(({ content }) => content)).toEqual(['question 0'])
  })

  test.each(['process.exit()', 'an uncaught error'])(
    'lines that nobody waited for before %s are in the files, once',
    (how) => {
      const { entries, messages } = linesAfter('entries and messages', how, durability)
      expect(entries.map(({ id }) => id)).toEqual([
        'first',
        ...Array.from({ length: 100 }, (_, n) => `e${n}`),
      ])
      expect(messages.map(({ content }) => content)).toEqual(['question 0', 'Hi.'])
    },
  )
})
