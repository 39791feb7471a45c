import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { open, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ERROR_HINTS } from '../../src/index.js'
import { type Cli, MAIN, openCli } from './run-cli.js'

let cli: Cli
beforeAll(async () => {
  cli = await openCli()
  await cli.project('Support bot')
  await writeFile(join(cli.folder, 'a-file'), '')
})
afterAll(() => cli[Symbol.asyncDispose]())

const NO_STACK = /^\s+at /m

describe('0: done', () => {
  test.each<[readonly string[], RegExp]>([
    [['--help'], /Usage: ledgerline/],
    [['stats', '--help'], /--group-by/],
    [['projects', 'create', '--help'], /<name>/],
    [['--version'], /^\d+\.\d+\.\d+\n$/],
    [['stats'], /Requests/],
    [['tail'], /^$/],
    [['tail', '-n', '0'], /^$/],
    [['projects'], /support-bot/],
    [['log'], /^$/],
  ])('%j', async (args, printed) => {
    const { code, stdout, stderr } = await cli.run(args)
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(printed)
  })
})

describe('1: failed', () => {
  test.each<[readonly string[], RegExp]>([
    [['stats', '--project', 'nobody'], /\[PROJECT_NOT_FOUND\]/],
    [['stats', '--project', '../x'], /\[PROJECT_NOT_FOUND\]/],
    [['stats', '--project', 'support-bot', '--chat', 'nobody'], /\[CHAT_NOT_FOUND\]/],
    [['tail', '--project', 'nobody'], /\[PROJECT_NOT_FOUND\]/],
    [['log', '--project', 'nobody'], /\[PROJECT_NOT_FOUND\]/],
    [['show', 'nothing'], /\[REQUEST_NOT_FOUND\]/],
    [['stats', '--workspace', 'nowhere'], /no folder .*nowhere \[WORKSPACE_NOT_FOUND\]/],
    [['tail', '--workspace', 'nowhere'], /\[WORKSPACE_NOT_FOUND\]/],
    [['show', 'x', '--workspace', 'nowhere'], /\[WORKSPACE_NOT_FOUND\]/],
    [['log', '--workspace', 'nowhere'], /\[WORKSPACE_NOT_FOUND\]/],
    [['projects', '--workspace', 'nowhere'], /\[WORKSPACE_NOT_FOUND\]/],
    [['stats', '--workspace', 'a-file'], /a-file is a file, not a folder \[WORKSPACE_NOT_FOUND\]/],
    [['log', '--workspace', 'a-file'], /a-file is a file, not a folder \[WORKSPACE_NOT_FOUND\]/],
    [
      ['projects', 'create', 'A', '--workspace', 'a-file'],
      /a-file is a file, not a folder \[WORKSPACE_NOT_WRITABLE\]/,
    ],
    [
      ['projects', 'create', 'A', '--workspace', 'a-file/x'],
      /\(a part of this path is a file\) \[WORKSPACE_NOT_WRITABLE\]/,
    ],
  ])('%j', async (args, complaint) => {
    const { code, stdout, stderr } = await cli.run(args)
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(complaint)
    expect(stderr).toMatch(/^ledgerline: .*\n$/)
    expect(stderr).not.toMatch(NO_STACK)
    expect(existsSync(join(cli.folder, 'nowhere'))).toBe(false)
  })

  test('as JSON on standard error', async () => {
    const { code, stdout, stderr } = await cli.run(['--json', 'show', 'nothing'])
    expect([code, stdout]).toEqual([1, ''])
    expect(JSON.parse(stderr)).toMatchObject({
      error: 'REQUEST_NOT_FOUND',
      details: { hint: expect.any(String) },
    })
  })
})

describe('2: the command line is wrong', () => {
  test.each<[readonly string[], RegExp]>([
    [['nonsense'], /unknown command 'nonsense' \[INVALID_OPTION\] ledgerline --help/],
    [['stat'], /unknown command 'stat' \(Did you mean stats\?\) \[INVALID_OPTION\]/],
    [['--nonsense'], /unknown option/],
    [['stats', '--nonsense'], /unknown option/],
    [['stats', 'extra'], /too many arguments/],
    [['stats', '--project'], /argument missing/],
    [['stats', '--week-start', 'someday'], /Allowed choices/],
    [['stats', '--group-by', 'colour'], /\[INVALID_GROUP_BY\]/],
    [['stats', '--group-by', ''], /\[INVALID_GROUP_BY\]/],
    [['stats', '--from', 'yesterday'], /: --from: .*\[INVALID_DATE\]/],
    [['stats', '--to', 'tomorrow'], /: --to: .*\[INVALID_DATE\]/],
    [['stats', '--from', '2026-02-02', '--to', '2026-02-01'], /--from: is after --to .*\[INVALID_DATE\]/],
    [['stats', '--timezone', 'Mars/Olympus'], /: --timezone: .*\[INVALID_TIMEZONE\]/],
    [['stats', '--timezone', 'toDate'], /: --timezone: .*"toDate".*\[INVALID_TIMEZONE\]/],
    [['stats', '--chat', 'c1'], /: --chat needs --project \[INVALID_OPTION\]/],
    [['stats', '--chat', 'c1', '--workspace', 'nowhere'], /: --chat needs --project \[INVALID_OPTION\]/],
    [['tail', '-n', 'x'], /no integer/],
    [['tail', '-n', '-1'], /no integer/],
    [['serve', '--port', '70000'], /no integer/],
    [['serve', '--port', '0', '--host', '0.0.0.0'], /: --host: .*\[INVALID_OPTION\]/],
    [['show'], /missing required argument/],
    [['show', '../x'], /\[INVALID_ID\]/],
    [['projects', 'create'], /missing required argument/],
    [['projects', 'create', '../x'], /\[INVALID_NAME\]/],
    [['projects', 'create', ''], /\[INVALID_NAME\]/],
    [['projects', 'nonsense'], /too many arguments|unknown command/],
  ])('%j', async (args, complaint) => {
    const [text, json] = await Promise.all([cli.run(args), cli.run(['--json', ...args])])
    expect([text.code, text.stdout]).toEqual([2, ''])
    expect(text.stderr).toMatch(/^ledgerline: .*\n$/)
    expect(text.stderr).toMatch(complaint)
    expect([json.code, json.stdout]).toEqual([2, ''])
    const { error, message, details } = JSON.parse(json.stderr)
    expect(text.stderr).toContain(`[${error}]`)
    expect(text.stderr).toContain(message.slice(0, 40))
    expect(details.hint).toEqual(expect.any(String))
  })

  test('without a command the help says what there is', async () => {
    const { code, stdout, stderr } = await cli.run([])
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(/^Usage:/)
    const json = await cli.run(['--json'])
    expect([json.code, json.stdout]).toEqual([2, ''])
    expect(JSON.parse(json.stderr)).toMatchObject({ error: 'INVALID_OPTION', message: 'a command is needed' })
  })

  test.each([
    ['LEDGERLINE_PORT', 'abc'],
    ['LEDGERLINE_PORT', '70000'],
    ['LEDGERLINE_HOST', '0.0.0.0'],
  ])('so is %s=%s, and it is named', async (name, value) => {
    const { code, stdout, stderr } = await cli.run(['serve'], { env: { [name]: value } })
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(new RegExp(`^ledgerline: ${name}: .*\\[INVALID_OPTION\\].*\n$`))
  })
})

test('what to do is said in the language of the command line', () => {
  const functions =
    /create(?:Project|Chat)|list(?:Projects|Chats)|getLLMRequestLogs|openLedger|nextCursor|(?:from|to)Date/
  expect(Object.entries(ERROR_HINTS).filter(([, hint]) => functions.test(hint))).toEqual([])
})

test('standard output that cannot be written is a failure', async () => {
  const full = await open('/dev/full', 'w')
  const child = spawn(process.execPath, [MAIN, 'projects'], {
    cwd: cli.folder,
    stdio: ['ignore', full.fd, 'pipe'],
  })
  const [[code], complaint] = await Promise.all([
    once(child, 'close'),
    child.stderr === null ? '' : text(child.stderr),
  ])
  await full.close()
  expect(code).toBe(1)
  expect(complaint).toMatch(/^ledgerline: standard output: ENOSPC.*\n$/)
})
