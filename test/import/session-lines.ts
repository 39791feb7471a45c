/** Lines as Claude Code and Codex write them, with what a test asks for. */

export interface Answer {
  readonly id: string
  readonly output: number
  readonly at: string
  readonly finish?: string | null
  readonly session?: string
  readonly text?: string
  readonly more?: Readonly<Record<string, unknown>>
}

export const CLAUDE = 'claude-sonnet-4-20250514'

/** One state of an answer of Claude Code: 10 new tokens of input, 100 read from the cache, 20 written to it. */
export function answerLine({
  id,
  output,
  at,
  finish = null,
  session = 's-1',
  text = 'Hi',
  more,
}: Answer): string {
  return JSON.stringify({
    parentUuid: null,
    isSidechain: false,
    userType: 'external',
    cwd: '/home/someone/work',
    sessionId: session,
    version: '2.0.1',
    message: {
      model: CLAUDE,
      id: `msg_${id}`,
      type: 'message',
      role: 'assistant',
      content: [{ type: 'text', text }],
      stop_reason: finish,
      usage: {
        input_tokens: 10,
        cache_creation_input_tokens: 20,
        cache_read_input_tokens: 100,
        cache_creation: { ephemeral_5m_input_tokens: 15, ephemeral_1h_input_tokens: 5 },
        output_tokens: output,
        service_tier: 'standard',
      },
    },
    requestId: `req_${id}`,
    type: 'assistant',
    uuid: `line-${id}-${output}`,
    timestamp: at,
    ...more,
  })
}

/** Lines of finished answers, one a second from the second `from` on. */
export function answers(count: number, from = 0): string {
  return linesOf(
    ...Array.from({ length: count }, (_, index) =>
      answerLine({ id: `${from + index}`, output: index + 1, at: at(from + index), finish: 'end_turn' }),
    ),
  )
}

/** A result of a tool that quotes an answer. */
export function toolLine(text: string, session = 's-1'): string {
  return JSON.stringify({
    type: 'user',
    sessionId: session,
    message: { role: 'user', content: [{ type: 'tool_result', content: text }] },
    timestamp: '2026-01-31T10:00:00.000Z',
  })
}

/** `second` counts from 10:00 UTC on the last day of January. */
export function at(second: number): string {
  return new Date(Date.UTC(2026, 0, 31, 10) + second * 1000).toISOString()
}

/** Input, of it cached, output, of it reasoning. */
export type CodexCounts = readonly [number, number, number, number]

export function codexLine(type: string, payload: object, second = 0): string {
  return JSON.stringify({ timestamp: at(second), type, payload })
}

export function countLine(total: CodexCounts, last: CodexCounts | undefined, second = 0): string {
  const info = {
    total_token_usage: codexUsage(total),
    ...(last === undefined ? {} : { last_token_usage: codexUsage(last) }),
    model_context_window: 272_000,
  }
  return codexLine('event_msg', { type: 'token_count', info, rate_limits: null }, second)
}

function codexUsage([input, cached, output, reasoning]: CodexCounts): object {
  return {
    input_tokens: input,
    cached_input_tokens: cached,
    output_tokens: output,
    reasoning_output_tokens: reasoning,
    total_tokens: input + output,
  }
}

export function linesOf(...lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('')
}
