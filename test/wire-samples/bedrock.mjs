// What Amazon Bedrock reports as usage.

export const BEDROCK_SAMPLES = [
  {
    provider: 'Bedrock',
    form: 'Converse',
    api: 'bedrock',
    model: 'amazon.nova-pro-v1:0',
    reported: { inputTokens: 30, outputTokens: 628, totalTokens: 658 },
    usage: { prompt_tokens: 30, completion_tokens: 628, total_tokens: 658 },
  },
  {
    provider: 'Bedrock',
    form: 'Converse with a cache',
    api: 'bedrock',
    model: 'anthropic.claude-sonnet-4-20250514-v1:0',
    reported: {
      inputTokens: 12,
      outputTokens: 240,
      totalTokens: 5_452,
      cacheReadInputTokens: 3_200,
      cacheWriteInputTokens: 2_000,
      cacheDetails: [
        { ttl: '1h', inputTokens: 1_500 },
        { ttl: '5m', inputTokens: 500 },
      ],
    },
    usage: {
      prompt_tokens: 5_212,
      completion_tokens: 240,
      total_tokens: 5_452,
      cache_read_tokens: 3_200,
      cache_write_tokens: 2_000,
      cache_write_1h_tokens: 1_500,
    },
  },
  {
    provider: 'Bedrock',
    form: 'InvokeModelWithResponseStream, metrics of the last chunk',
    api: 'bedrock',
    model: 'anthropic.claude-sonnet-4-20250514-v1:0',
    reported: {
      'amazon-bedrock-invocationMetrics': {
        inputTokenCount: 9,
        outputTokenCount: 76,
        invocationLatency: 1_840,
        firstByteLatency: 402,
        cacheReadInputTokenCount: 1_024,
        cacheWriteInputTokenCount: 0,
      },
    },
    usage: {
      prompt_tokens: 1_033,
      completion_tokens: 76,
      total_tokens: 1_109,
      cache_read_tokens: 1_024,
      cache_write_tokens: 0,
    },
  },
  {
    provider: 'Bedrock',
    form: 'InvokeModel, Claude',
    api: 'bedrock',
    model: 'anthropic.claude-sonnet-4-20250514-v1:0',
    reported: { input_tokens: 17, cache_read_input_tokens: 100, output_tokens: 5 },
    usage: { prompt_tokens: 117, completion_tokens: 5, total_tokens: 122, cache_read_tokens: 100 },
  },
  {
    provider: 'Bedrock',
    form: 'InvokeModel, Llama',
    api: 'bedrock',
    model: 'meta.llama3-1-70b-instruct-v1:0',
    reported: { prompt_token_count: 25, generation_token_count: 310, stop_reason: 'stop' },
    usage: { prompt_tokens: 25, completion_tokens: 310, total_tokens: 335 },
  },
]
