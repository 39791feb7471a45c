// One session as Claude Code writes it: answers in two to four states, prompts, and results of tools, which are most of the bytes.

const MODELS = ['claude-sonnet-4-20250514', 'claude-opus-4-1-20250805', 'claude-3-5-haiku-20241022']
const WORDS =
  'const return import the of a value function error line {"key": "value"} \\path\\to ünïcode 日本 => "quoted" \n\t'.split(
    ' ',
  )

/** Text of at least `length` characters; parts of one long text, so that making it costs little. */
export function textMaker(random) {
  let long = ''
  while (long.length < 1 << 20) long += `${WORDS[Math.floor(random() * WORDS.length)]} `
  return (length) => {
    const from = Math.floor(random() * (long.length - length))
    return long.slice(from, from + length)
  }
}

/**
 * Lines of a session of `answers` answers. Results of tools have 300 characters to `largest`, small ones are many; without
 * `largest` there are none, and every line must be parsed.
 */
export function* sessionLines(random, text, session, answers, largest) {
  const startMs = Date.UTC(2026, 0, 1) + Math.floor(random() * 25 * 86_400_000)
  const model = MODELS[Math.floor(random() * MODELS.length)]
  const common = {
    parentUuid: '5f0c1c9e-7a43-4d5f-9d0e-111111111111',
    isSidechain: false,
    userType: 'external',
    cwd: '/home/someone/work',
    sessionId: session,
    version: '2.0.14',
    gitBranch: 'main',
  }
  for (let number = 0; number < answers; number++) {
    const sentMs = startMs + number * 20_000
    const states = 2 + Math.floor(random() * 3)
    const output = 50 + Math.floor(random() * 2000)
    for (let state = 1; state <= states; state++) {
      const isLast = state === states
      const content = isLast
        ? [
            {
              type: 'tool_use',
              id: `toolu_${number}`,
              name: 'Edit',
              input: { new_string: text(size(random, 500, 8000)) },
            },
          ]
        : [{ type: 'text', text: text(size(random, 100, 4000)) }]
      yield JSON.stringify({
        ...common,
        message: {
          model,
          id: `msg_01${session.slice(0, 8)}${number}`,
          type: 'message',
          role: 'assistant',
          content,
          stop_reason: isLast ? 'tool_use' : null,
          stop_sequence: null,
          usage: {
            input_tokens: 4,
            cache_creation_input_tokens: Math.floor(random() * 4000),
            cache_read_input_tokens: 20_000 + number * 300,
            cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
            output_tokens: isLast ? output : state,
            service_tier: 'standard',
          },
        },
        requestId: `req_011${session.slice(0, 8)}${number}`,
        type: 'assistant',
        uuid: `${session}-${number}-${state}`,
        timestamp: new Date(sentMs + state * 1500).toISOString(),
      })
    }
    if (largest === 0) continue
    const result = text(size(random, 300, largest))
    yield JSON.stringify({
      ...common,
      type: 'user',
      message: {
        role: 'user',
        content: [{ tool_use_id: `toolu_${number}`, type: 'tool_result', content: result }],
      },
      uuid: `${session}-${number}-r`,
      timestamp: new Date(sentMs + 12_000).toISOString(),
      toolUseResult: { stdout: result.slice(0, result.length / 2), stderr: '' },
    })
  }
}

/** Small ones are many, large ones are few: the same number of each doubling. */
function size(random, from, to) {
  return Math.floor(from * (to / from) ** (random() ** 2))
}
