import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Cli, openCli } from './run-cli.js'

let cli: Cli
beforeAll(async () => {
  cli = await openCli()
  await cli.project('Support bot')
  const input = HOSTILE.map(([, text], index) =>
    JSON.stringify({
      id: `r${index}`,
      chat_id: 'c1',
      model: `m${index}`,
      status: 'error',
      user_id: text,
      error: { code: text, message: text },
      metadata: { [text]: text },
    }),
  ).join('\n')
  const { code, stderr } = await cli.run(['log', '--project', 'support-bot'], { input })
  expect([code, stderr]).toEqual([0, ''])
})
afterAll(() => cli[Symbol.asyncDispose]())

const HOSTILE: readonly (readonly [string, string])[] = [
  ['a line end', 'a\r\nforged: line'],
  ['an escape sequence', 'a\u001b[2J\u001b]0;title\u0007'],
  ['a C1 control', 'a\u009b31m'],
  ['a direction', 'a\u202etxt.exe\u2066'],
  ['a line separator', 'a\u2028b'],
  ['a NUL', 'a\u0000b'],
  ['a delete', 'a\u007fb'],
]

const ACTIVE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/

test.each([
  ['tail', ['tail']],
  ['tail --json', ['tail', '--json']],
  ['stats by user', ['stats', '--group-by', 'user,error_code']],
  ['stats --json', ['stats', '--group-by', 'user', '--json']],
])('%s prints nothing a terminal would act on', async (_name, args) => {
  const { code, stdout } = await cli.run(args)
  expect(code).toBe(0)
  expect(stdout).not.toMatch(ACTIVE)
  expect(stdout).not.toMatch(/^forged/m)
})

test.each(HOSTILE.map(([name, text], index) => [name, text, `r${index}`] as const))(
  'show keeps %s as JSON',
  async (_name, text, id) => {
    const { stdout } = await cli.run(['show', id, '--json'])
    expect(stdout).not.toMatch(ACTIVE)
    expect(JSON.parse(stdout)).toMatchObject({ user_id: text, metadata: { [text]: text } })
    const shown = await cli.run(['show', id])
    expect(shown.stdout).not.toMatch(ACTIVE)
  },
)

test.each(['a\nb', '\u001b[2J', '\u202ex', 'x'.repeat(300), '-rf/../x'])(
  'an argument %j is echoed without effect',
  async (id) => {
    const { code, stderr } = await cli.run(['show', '--', id])
    expect([1, 2]).toContain(code)
    expect(stderr).not.toMatch(ACTIVE)
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
  },
)

test('colors appear only where they are wanted', async () => {
  expect((await cli.run(['tail'])).stdout).not.toContain('\u001b')
  expect((await cli.run(['tail'], { env: { FORCE_COLOR: '1', NO_COLOR: '1' } })).stdout).not.toContain(
    '\u001b',
  )
})
