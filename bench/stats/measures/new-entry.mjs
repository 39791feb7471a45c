// The entry that is logged while a ledger is measured.
export function newEntry(projectId) {
  return {
    project_id: projectId,
    chat_id: 'chat-of-the-bench',
    model: 'gpt-4o',
    provider: 'openai',
    status: 'success',
    user_id: 'user-1',
    usage: { prompt_tokens: 1200, completion_tokens: 180 },
    timings: { latency_ms: 840.5, time_to_first_token_ms: 210 },
    tags: ['team-1'],
    metadata: { feature: 'feature-1', route: '/v1/replies/1' },
  }
}
