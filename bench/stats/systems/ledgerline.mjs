// Ledgerline as it comes, asked by getStats; without upkeep, which would seal the segments that were made without seals.
import { openLedger } from '../../../dist/index.js'

export async function open({ workspace, projects }, options = {}) {
  const systemLog = { level: 'silent', pretty: false }
  const ledger = await openLedger({ workspace, systemLog, upkeep: false, ...options })
  const half = { type: 'project', projectId: projects[0].id }
  return {
    ledger,
    ask: ({ everywhere, days, chat, fromMs, toMs, dates }) => {
      const scope = everywhere ? { type: 'global' } : chat ? { ...half, type: 'chat', chatId: chat } : half
      const edge = (ms) => new Date(ms).toISOString().slice(0, dates ? 10 : undefined)
      return ledger.getStats(scope, {
        ...(fromMs === undefined ? {} : { fromDate: edge(fromMs), toDate: edge(toMs) }),
        ...(days ? { groupBy: ['day', 'model'] } : {}),
      })
    },
    answer: ({ summary, breakdown }, { days }) =>
      days
        ? breakdown.map((row) => [`${row.period} ${row.model}`, measures(row)])
        : [['', measures(summary)]],
    close: () => ledger.close(),
  }
}

function measures(row) {
  return {
    requests: row.totalRequests,
    success: row.successfulRequests,
    failed: row.failedRequests,
    prompt: row.promptTokens,
    completion: row.completionTokens,
    cacheRead: row.cacheReadTokens,
    cost: row.estimatedCost,
    averageLatency: row.averageLatencyMs,
    latency: row.latencyMs,
    firstToken: row.timeToFirstTokenMs,
  }
}
