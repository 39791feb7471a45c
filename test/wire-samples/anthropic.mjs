// Usage objects of Anthropic's messages.

export const ANTHROPIC_SAMPLES = [
  {
    provider: 'Anthropic',
    form: 'messages',
    api: 'anthropic',
    model: 'claude-sonnet-4-20250514',
    reported: {
      input_tokens: 21,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 188_086,
      output_tokens: 393,
      service_tier: 'standard',
      server_tool_use: { web_search_requests: 2 },
    },
    usage: {
      prompt_tokens: 188_107,
      completion_tokens: 393,
      total_tokens: 188_500,
      cache_read_tokens: 188_086,
      cache_write_tokens: 0,
    },
  },
  {
    provider: 'Anthropic',
    form: 'messages, cache writes for 5 minutes and an hour',
    api: 'anthropic',
    model: 'claude-sonnet-4-20250514',
    reported: {
      input_tokens: 2_048,
      cache_read_input_tokens: 1_800,
      cache_creation_input_tokens: 248,
      cache_creation: { ephemeral_5m_input_tokens: 148, ephemeral_1h_input_tokens: 100 },
      output_tokens: 503,
    },
    usage: {
      prompt_tokens: 4_096,
      completion_tokens: 503,
      total_tokens: 4_599,
      cache_read_tokens: 1_800,
      cache_write_tokens: 248,
      cache_write_1h_tokens: 100,
    },
  },
  {
    provider: 'Anthropic',
    form: 'messages, cache writes by their stay alone',
    api: 'anthropic',
    model: 'claude-sonnet-4-20250514',
    reported: {
      input_tokens: 10,
      cache_creation: { ephemeral_5m_input_tokens: 456, ephemeral_1h_input_tokens: 0 },
      output_tokens: 200,
      output_tokens_details: { thinking_tokens: 150 },
    },
    usage: {
      prompt_tokens: 466,
      completion_tokens: 200,
      total_tokens: 666,
      cache_write_tokens: 456,
      reasoning_tokens: 150,
    },
  },
  {
    provider: 'Anthropic',
    form: 'message_delta alone',
    api: 'anthropic',
    model: 'claude-sonnet-4-20250514',
    reported: { output_tokens: 15 },
    usage: { prompt_tokens: 0, completion_tokens: 15, total_tokens: 15 },
  },
]
