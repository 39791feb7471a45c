import { describe, expect, test, vi } from 'vitest'
import { createServer, type OtlpOptions } from '../../src/http/server.js'
import { openTestLedger, type TestLedger } from '../fixtures/open-test-ledger.js'
import { chat, exportOf } from '../otlp/spans.js'

const send = async ({ ledger }: TestLedger, otlp: OtlpOptions | undefined, payload: object) => {
  const app = await createServer({ ledger, ...(otlp === undefined ? {} : { otlp }) })
  const answer = await app.inject({ method: 'POST', url: '/v1/traces', payload })
  await app.close()
  return answer
}

describe('the options of POST /v1/traces', () => {
  test('otlp.project takes spans that name none', async () => {
    const own = await openTestLedger()
    expect((await send(own, { project: 'test' }, exportOf([chat(1)]))).statusCode).toBe(200)
    expect(own.lines()).toMatchObject([{ project_id: own.project.id }])
  })

  test('so does the variable, which the option wins over', async () => {
    vi.stubEnv('LEDGERLINE_OTLP_PROJECT', 'test')
    const own = await openTestLedger()
    expect((await send(own, undefined, exportOf([chat(1)]))).statusCode).toBe(200)
    expect((await send(own, { project: 'nobody' }, exportOf([chat(1)]))).statusCode).toBe(404)
    vi.unstubAllEnvs()
  })

  test('without any a clear error says what to do', async () => {
    const own = await openTestLedger()
    const answer = await send(own, {}, exportOf([chat(1)]))
    expect(answer.statusCode).toBe(400)
    expect(answer.json().message).toMatch(/x-ledgerline-project.*ledgerline\.project_id.*otlp\.project/)
  })

  test.each([
    ['LEDGERLINE_OTLP_MESSAGES', 'perhaps'],
    ['LEDGERLINE_OTLP_CREATE_PROJECTS', 'yes'],
  ])('%s that is not true or false is refused', async (name, value) => {
    vi.stubEnv(name, value)
    const { ledger } = await openTestLedger()
    await expect(createServer({ ledger })).rejects.toMatchObject({ code: 'INVALID_OPTION' })
    vi.unstubAllEnvs()
  })
})
