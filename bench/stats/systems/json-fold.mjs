// What one writes without a library: each line of the files through JSON.parse, and a fold over the objects.
import { readFileSync } from 'node:fs'
import { SHARES } from '../answers.mjs'
import { journalFiles } from '../journal-files.mjs'

export function open({ workspace, projects }) {
  /** The answers of several questions by one pass over the files. */
  function askAll(questions) {
    const folds = questions.map((asked) => ({ asked, rows: new Map() }))
    const [half, ...others] = projects
    foldFiles(journalFiles(workspace, [half]), folds)
    const global = folds.filter(({ asked }) => asked.everywhere)
    if (global.length > 0) foldFiles(journalFiles(workspace, others), global)
    return folds.map(({ rows }) =>
      [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, row]) => [key, finished(row)]),
    )
  }
  return { askAll, ask: (asked) => askAll([asked])[0], answer: (rows) => rows, close() {} }
}

function foldFiles(files, folds) {
  for (const file of files) {
    const content = readFileSync(file)
    for (let from = 0; from < content.length; ) {
      const end = content.indexOf(10, from)
      const entry = JSON.parse(content.toString('utf8', from, end))
      from = end + 1
      const ms = Date.parse(entry.timestamp_start)
      for (const { asked, rows } of folds) {
        if (asked.chat !== undefined && entry.chat_id !== asked.chat) continue
        if (asked.fromMs !== undefined && !(ms >= asked.fromMs && ms <= asked.toMs)) continue
        const key = asked.days ? `${entry.timestamp_start.slice(0, 10)} ${entry.model}` : ''
        const row = rows.get(key) ?? emptyRow()
        if (row.requests === 0) rows.set(key, row)
        count(row, entry)
      }
    }
  }
}

function emptyRow() {
  const counts = { requests: 0, success: 0, failed: 0, prompt: 0, completion: 0, cacheRead: 0, cost: 0 }
  return { ...counts, latency: [], firstToken: [] }
}

function count(row, { status, usage, cost, timings }) {
  row.requests++
  if (status === 'success') row.success++
  else row.failed++
  row.prompt += usage?.prompt_tokens ?? 0
  row.completion += usage?.completion_tokens ?? 0
  row.cacheRead += usage?.cache_read_tokens ?? 0
  row.cost += cost?.amount ?? 0
  if (timings?.latency_ms !== undefined) row.latency.push(timings.latency_ms)
  if (timings?.time_to_first_token_ms !== undefined) row.firstToken.push(timings.time_to_first_token_ms)
}

function finished({ latency, firstToken, ...row }) {
  const sum = latency.reduce((total, ms) => total + ms, 0)
  return {
    ...row,
    averageLatency: latency.length === 0 ? 0 : sum / latency.length,
    latency: ranks(latency),
    firstToken: ranks(firstToken),
  }
}

/** Each percentile with the ranks beside it, as answers.mjs compares them. */
function ranks(values) {
  const sorted = Float64Array.from(values).sort()
  const at = (rank) => sorted[Math.min(Math.max(rank, 0), sorted.length - 1)] ?? 0
  const shares = Object.entries(SHARES).map(([name, share]) => {
    const rank = Math.ceil(sorted.length * share) - 1
    return [name, [at(rank - 1), at(rank), at(rank + 1)]]
  })
  return { ...Object.fromEntries(shares), max: at(sorted.length - 1) }
}
