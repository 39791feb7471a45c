import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { captureStandardError } from '../../test/fixtures/capture-standard-error.js'
import { readJsonl } from '../../test/fixtures/read-jsonl.js'
import type { SystemLogOptions } from './options.js'
import { openSystemLog } from './system-log.js'

let workspace = ''
beforeEach(() => {
  workspace = mkdtempSync(join(tmpdir(), 'ledgerline-test-'))
})
afterEach(() => {
  vi.restoreAllMocks()
  rmSync(workspace, { recursive: true, force: true })
})

const open = (options: SystemLogOptions = {}) =>
  openSystemLog(workspace, { pretty: false, level: 'trace', ...options })

const lines = () => readJsonl(join(workspace, 'logs', 'system.jsonl'))

describe('secrets', () => {
  const body = 'a1B2c3D4e5F6'.repeat(8)
  const SECRETS = [
    `sk-${body.slice(0, 48)}`,
    `sk-proj-${body}`,
    `sk-svcacct-${body}`,
    `sk-ant-api03-${body}`,
    `AIza${body.slice(0, 35)}`,
    `AKIA${'A2B3C4D5'.repeat(2)}`,
    `ghp_${body.slice(0, 36)}`,
    `gho_${body.slice(0, 36)}`,
    `github_pat_${body.slice(0, 60)}`,
    `xoxb-${body.slice(0, 40)}`,
    `sk_live_${body.slice(0, 24)}`,
    `rk_live_${body.slice(0, 24)}`,
    `glpat-${body.slice(0, 20)}`,
    `hf_${body.slice(0, 34)}`,
    `npm_${body.slice(0, 36)}`,
    `SG.${body.slice(0, 22)}.${body.slice(0, 43)}`,
    `SK${'0123456789abcdef'.repeat(2)}`,
    `gsk_${body.slice(0, 52)}`,
    `xai-${body.slice(0, 80)}`,
    `r8_${body.slice(0, 37)}`,
    `pplx-${body.slice(0, 48)}`,
    `eyJ${body}.eyJ${body}.${body}`,
    `Bearer ${body}`,
    `https://u:${body}@h.test`,
    `-----BEGIN PRIVATE KEY-----\n${body}\n-----END PRIVATE KEY-----`,
  ]

  it.each(SECRETS)('%s reaches neither the file nor standard error', async (secret) => {
    const shown = captureStandardError()
    const log = await open({ pretty: true })
    const error = new Error(`message ${secret}`, { cause: new Error(`cause ${secret}`) })
    log.logger.info(secret)
    log.logger.info('formatted %s %j %o', secret, { secret }, [secret])
    log.logger.info({ plain: secret, nested: [{ deep: { deeper: `x ${secret} y` } }], [secret]: 1 }, 'object')
    log.logger.info(Object.freeze({ frozen: Object.freeze({ value: secret }) }), 'frozen')
    log.logger.child({ binding: secret, nested: { secret } }).info('bindings')
    log.child(secret).info('name')
    log.logger.error(error)
    log.logger.error({ error }, 'error')
    await log.close()
    const file = readFileSync(join(workspace, 'logs', 'system.jsonl'), 'utf8')
    expect(lines()).toHaveLength(8)
    for (const text of [file, shown()]) {
      expect(text).toContain('[REDACTED]')
      // Every form of it holds this run of characters.
      expect(text).not.toMatch(/a1B2c3D4e5F6a|0123456789abcdef|A2B3C4D5/)
    }
  })

  it('are found by the name they stand under, wherever it is', async () => {
    const log = await open({ redactKeys: ['SSN'] })
    const child = log.logger.child({ authorization: 'hunter2', headers: { cookie: 'hunter2' } })
    child.info(Object.freeze({ api_key: 'hunter2', list: [{ ssn: 'hunter2' }] }), 'body %j', {
      password: 'hunter2',
    })
    child
      .child({ request_id: 'r' }, { redact: [] })
      .info({ req: { headers: { 'x-api-key': 'hunter2' } }, max_tokens: 5 })
    await log.close()
    expect(JSON.stringify(lines())).not.toContain('hunter2')
    expect(lines()).toMatchObject([
      {
        authorization: '[REDACTED]',
        headers: { cookie: '[REDACTED]' },
        api_key: '[REDACTED]',
        list: [{ ssn: '[REDACTED]' }],
      },
      { request_id: 'r', max_tokens: 5 },
    ])
  })
})
