/** A project that is there and cannot be read: no command passes over it in silence. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Cli, openCli } from './run-cli.js'

const ENTRY = JSON.stringify({ id: 'a', chat_id: 'c1', model: 'gpt-4o', status: 'success' })
const HINT = /\[PROJECT_UNREADABLE\] Put back what the message names/

let cli: Cli
let root: string
beforeEach(async () => {
  cli = await openCli()
  await cli.project('Bot')
  await cli.run(['log', '--project', 'bot'], { input: ENTRY })
  root = join(cli.folder, 'workspace', 'projects', 'bot')
})
afterEach(() => cli[Symbol.asyncDispose]())

test('a damaged project.json is said by every command, and put back all is as before', async () => {
  const file = join(root, 'project.json')
  const whole = readFileSync(file, 'utf8')
  writeFileSync(file, whole.slice(0, 40))
  for (const [args, code] of [
    [['projects'], 0],
    [['stats'], 0],
    [['verify'], 1],
    [['repair'], 1],
    [['repair', '--dry-run'], 1],
    [['stats', '--project', 'bot'], 1],
    [['log', '--project', 'bot'], 1],
  ] as const) {
    const outcome = await cli.run(args)
    expect([args, outcome.code]).toEqual([args, code])
    expect(outcome.stderr).toMatch(
      /projects\/bot has logs and no readable project\.json: its entries are not/,
    )
    expect(outcome.stderr).toMatch(HINT)
  }
  const other = await cli.run(['stats', '--project', 'its-id', '--json'])
  expect(JSON.parse(other.stderr)).toMatchObject({
    error: 'PROJECT_NOT_FOUND',
    message: expect.stringContaining('projects/bot has logs and no readable project.json'),
  })
  const { stderr } = await cli.run(['projects', '--json'])
  expect(JSON.parse(stderr)).toMatchObject({ error: 'PROJECT_UNREADABLE' })
  writeFileSync(file, whole)
  expect(await cli.run(['verify'])).toMatchObject({ code: 0, stderr: '' })
  expect((await cli.json(['stats', '--project', 'bot'])).summary.total_requests).toBe(1)
})

test('a project.json with no more than the documented fields is enough', async () => {
  const { id, name, slug, created_at, updated_at } = JSON.parse(
    readFileSync(join(root, 'project.json'), 'utf8'),
  )
  writeFileSync(join(root, 'project.json'), JSON.stringify({ id, name, slug, created_at, updated_at }))
  expect((await cli.json(['stats', '--project', 'bot'])).summary.total_requests).toBe(1)
})

test('a file in place of the logs is said, and costs no other project', async () => {
  await cli.project('Other')
  await cli.run(['log', '--project', 'other'], { input: ENTRY })
  rmSync(join(root, 'logs'), { recursive: true })
  writeFileSync(join(root, 'logs'), '')
  const { code, stdout, stderr } = await cli.run(['stats'])
  expect(code).toBe(0)
  expect(stdout).toMatch(/Requests +│ +1[\s\S]*Damaged lines, files +│ +1/)
  expect(stderr).toMatch(/projects\/bot\/logs is a file, not a folder/)
  expect(stderr).toMatch(HINT)
  const own = await cli.run(['stats', '--project', 'bot'])
  expect([own.code, own.stderr]).toEqual([
    1,
    expect.stringMatching(/logs is a file, not a folder \[LOG_READ_ERROR\]/),
  ])
  expect((await cli.run(['verify'])).stdout).toMatch(/refused +│ projects\/bot\/logs/)
})
