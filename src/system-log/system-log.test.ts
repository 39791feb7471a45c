import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { captureStandardError } from '../../test/fixtures/capture-standard-error.js'
import { readJsonl } from '../../test/fixtures/read-jsonl.js'
import { LOG_LEVELS, type SystemLogOptions } from './options.js'
import { openSystemLog } from './system-log.js'

let workspace = ''
beforeEach(() => {
  workspace = mkdtempSync(join(tmpdir(), 'ledgerline-test-'))
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
  rmSync(workspace, { recursive: true, force: true })
})

const open = (options: SystemLogOptions = {}) =>
  openSystemLog(workspace, { pretty: false, level: 'trace', ...options })

const lines = (file = 'system.jsonl') => readJsonl(join(workspace, 'logs', file))

describe('the lines', () => {
  it('carry time, level, name, pid and what the caller gives', async () => {
    const log = await open()
    log.logger.info({ a: 1 }, 'one')
    log.child('stats').child({ request_id: 'req-1' }).warn('two')
    await log.close()
    const [one, two] = lines()
    expect(one).toEqual({
      level: 'info',
      time: one?.time,
      pid: process.pid,
      name: 'ledgerline',
      a: 1,
      msg: 'one',
    })
    expect(two).toMatchObject({ level: 'warn', name: 'stats', request_id: 'req-1', msg: 'two' })
    expect(new Date(String(one?.time)).toISOString()).toBe(one?.time)
  })

  it.each(LOG_LEVELS)('at level %s hold that level and above', async (level) => {
    const log = await open({ level })
    for (const name of ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const) log.logger[name](name)
    await log.close()
    const written = level === 'silent' ? [] : lines().map((line) => line.level)
    expect(written).toEqual(LOG_LEVELS.slice(LOG_LEVELS.indexOf(level), -1))
  })

  it('take the level from the environment', async () => {
    vi.stubEnv('LOG_LEVEL', 'error')
    const log = await openSystemLog(workspace, { pretty: false })
    log.logger.warn('no')
    log.logger.error('yes')
    await log.close()
    expect(lines().map((line) => line.msg)).toEqual(['yes'])
  })

  it('cannot be forged', async () => {
    const log = await open()
    const forged = 'x\r\n{"level":"info","msg":"forged"}\n\u001b[2J\u2028'
    log.logger.info({ [forged]: forged }, forged)
    log.child(forged).info('named')
    await log.close()
    expect(lines()).toHaveLength(2)
    expect(lines()[0]).toMatchObject({ msg: forged, [forged]: forged })
  })

  it.each<readonly [name: string, value: unknown]>([
    [
      'a getter that throws',
      {
        get bad(): never {
          throw new Error('no')
        },
      },
    ],
    [
      'a toJSON that throws',
      {
        a: {
          toJSON() {
            throw new Error('no')
          },
        },
      },
    ],
    [
      'a cycle',
      (() => {
        const o: Record<string, unknown> = {}
        o.o = o
        return o
      })(),
    ],
    ['a bigint', { big: 2n ** 70n }],
    ['an own __proto__', JSON.parse('{"__proto__":{"polluted":1}}')],
    ['a null prototype', Object.create(null)],
  ])('survive %s', async (_name, value) => {
    const log = await open()
    log.logger.info(value, 'survived')
    await log.close()
    expect(lines()).toEqual([expect.objectContaining({ msg: 'survived' })])
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
  })

  it('hold errors with code and causes, under err and error', async () => {
    const log = await open()
    const error = Object.assign(new Error('outer', { cause: new TypeError('inner') }), { code: 'E1' })
    log.logger.error(error)
    log.logger.error({ error }, 'named')
    await log.close()
    const shape = {
      name: 'Error',
      message: 'outer',
      code: 'E1',
      cause: { name: 'TypeError', message: 'inner' },
    }
    expect(lines()).toMatchObject([
      { msg: 'outer', err: shape },
      { msg: 'named', error: shape },
    ])
  })
})

describe('the files', () => {
  it('are for their owner only', async () => {
    const log = await open()
    log.logger.info('x')
    await log.close()
    const folder = join(workspace, 'logs')
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o077).toBe(0)
  })

  it('hold every line of a burst once close() resolved', async () => {
    const log = await open()
    for (let i = 0; i < 20_000; i++) log.logger.info({ i })
    await log.close()
    expect(lines().map((line) => line.i)).toEqual(Array.from({ length: 20_000 }, (_, i) => i))
  })

  it('continue where an earlier log ended, behind a torn line', async () => {
    const first = await open()
    first.logger.info('first')
    await first.close()
    writeFileSync(join(workspace, 'logs', 'system.jsonl'), '{"torn":', { flag: 'a' })
    const second = await open()
    second.logger.info('second')
    await second.close()
    const [one, torn, two, end] = readFileSync(join(workspace, 'logs', 'system.jsonl'), 'utf8').split('\n')
    expect([JSON.parse(one ?? '').msg, torn, JSON.parse(two ?? '').msg, end]).toEqual([
      'first',
      '{"torn":',
      'second',
      '',
    ])
  })

  it('are one for each log that is open at a time', async () => {
    const first = await open()
    const second = await open()
    first.logger.info('1')
    second.logger.info('2')
    await Promise.all([first.close(), second.close()])
    expect([lines(), lines('system.1.jsonl')]).toMatchObject([[{ msg: '1' }], [{ msg: '2' }]])
  })

  it('are not made when switched off; the lines go to standard error', async () => {
    const shown = captureStandardError()
    const log = await open({ file: false })
    log.logger.info('x')
    await log.close()
    expect(readdirSync(workspace)).toEqual([])
    expect(JSON.parse(shown())).toMatchObject({ msg: 'x' })
  })

  it('are not written through a symbolic link', async () => {
    const shown = captureStandardError()
    const log = await open()
    await log.close()
    rmSync(join(workspace, 'logs', 'system.jsonl'))
    const target = join(workspace, 'target')
    writeFileSync(target, '')
    symlinkSync(target, join(workspace, 'logs', 'system.jsonl'))
    const second = await open()
    second.logger.info('x')
    await second.close()
    expect(readFileSync(target, 'utf8')).toBe('')
    expect(shown()).toContain('symbolic link')
  })

  it('are made again when somebody deleted them', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const log = await open()
    log.logger.info('before')
    await vi.waitFor(() => expect(lines()).toHaveLength(1))
    rmSync(join(workspace, 'logs'), { recursive: true })
    vi.setSystemTime(Date.now() + 2000)
    log.logger.info('after')
    await log.close()
    vi.useRealTimers()
    expect(lines()).toMatchObject([{ msg: 'after' }])
  })
})

describe('a workspace that cannot be written', () => {
  it('is no error: the lines go to standard error, after one line that says why', async () => {
    const shown = captureStandardError()
    const path = join(workspace, 'file')
    writeFileSync(path, '')
    const log = await openSystemLog(path, { pretty: false })
    log.logger.info('first')
    log.logger.info({ api_key: 'hunter2' }, 'second')
    await log.close()
    await log.close()
    const [why, first, second, end, ...more] = shown().split('\n')
    expect(why).toMatch(/^ledgerline: .*cannot be written.*ENOTDIR/)
    expect([first, second].map((line) => JSON.parse(line ?? '').msg)).toEqual(['first', 'second'])
    expect(second).not.toContain('hunter2')
    expect([end, ...more]).toEqual(['ledgerline: system log closed, 2 lines could not be written', ''])
  })
})

describe('openSystemLog', () => {
  it('refuses a bad variable by its name, before any file is made', async () => {
    vi.stubEnv('LEDGERLINE_LOG_MAX_SIZE', 'huge')
    await expect(openSystemLog(workspace)).rejects.toMatchObject({
      name: 'ValidationError',
      code: 'INVALID_OPTION',
      problems: [{ field: 'LEDGERLINE_LOG_MAX_SIZE' }],
    })
    expect(readdirSync(workspace)).toEqual([])
  })

  it('drops what is logged after close(), without a throw', async () => {
    const log = await open()
    await Promise.all([log.close(), log.close()])
    log.logger.info('late')
    expect(lines()).toEqual([])
  })

  it('prints pretty lines on standard error, with nothing a terminal acts on', async () => {
    const shown = captureStandardError()
    const log = await open({ pretty: true })
    log.logger.warn({ request_id: 'r-1' }, 'hello\nINFO: forged \u001b[2J')
    await log.close()
    expect(shown()).toMatch(/WARN \(ledgerline\): hello\\nINFO: forged \\u001b\[2J\n {4}request_id: "r-1"/)
    expect(lines()).toHaveLength(1)
  })
})
