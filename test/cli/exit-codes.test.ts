import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { open, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
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
    [['stats', '--workspace', 'a-file'], /\[WORKSPACE_NOT_FOUND\]/],
    [['projects', 'create', 'A', '--workspace', 'a-file/x'], /\[WORKSPACE_NOT_WRITABLE\]/],
  ])('%j', async (args, complaint) => {
    const { code, stdout, stderr } = await cli.run(args)
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(complaint)
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
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
    [[], /Usage:/],
    [['nonsense'], /unknown command/],
    [['--nonsense'], /unknown option/],
    [['stats', '--nonsense'], /unknown option/],
    [['stats', 'extra'], /too many arguments/],
    [['stats', '--project'], /argument missing/],
    [['stats', '--week-start', 'someday'], /Allowed choices/],
    [['stats', '--group-by', 'colour'], /\[INVALID_GROUP_BY\]/],
    [['stats', '--group-by', ''], /\[INVALID_GROUP_BY\]/],
    [['stats', '--from', 'yesterday'], /\[INVALID_DATE\]/],
    [['stats', '--from', '2026-02-02', '--to', '2026-02-01'], /\[INVALID_DATE\]/],
    [['stats', '--timezone', 'Mars/Olympus'], /\[INVALID_TIMEZONE\]/],
    [['stats', '--chat', 'c1'], /\[INVALID_SCOPE\]/],
    [['tail', '-n', 'x'], /no integer/],
    [['tail', '-n', '-1'], /no integer/],
    [['serve', '--port', '70000'], /no integer/],
    [['serve', '--port', '0', '--host', '0.0.0.0'], /\[INVALID_OPTION\]/],
    [['show'], /missing required argument/],
    [['show', '../x'], /\[INVALID_ID\]/],
    [['projects', 'create'], /missing required argument/],
    [['projects', 'create', '../x'], /\[INVALID_NAME\]/],
    [['projects', 'create', ''], /\[INVALID_NAME\]/],
    [['projects', 'nonsense'], /too many arguments|unknown command/],
  ])('%j', async (args, complaint) => {
    const { code, stdout, stderr } = await cli.run(args)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(complaint)
    expect(stderr).not.toMatch(NO_STACK)
  })
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
