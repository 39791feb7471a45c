// What a budget check costs: getCachedStats of a project, of a chat, of everything.
const CALLS = 100_000

/** Microseconds a call by scope. */
export function liveCounters({ ledger }, { projects, chats }) {
  const [projectId, chatId] = [projects[0].id, chats[0]]
  const scopes = [{ type: 'project', projectId }, { type: 'chat', projectId, chatId }, { type: 'global' }]
  return Object.fromEntries(
    scopes.map((scope) => {
      const started = performance.now()
      for (let i = 0; i < CALLS; i++) ledger.getCachedStats(scope)
      return [scope.type, ((performance.now() - started) / CALLS) * 1000]
    }),
  )
}
