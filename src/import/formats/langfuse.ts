/**
 * Exports of Langfuse: an observation a line, or a JSON array of them, in camelCase as its API gives them or in
 * snake_case as its exports do. Generations are calls; one that has another generation below it wraps that call.
 */

import type { EntryError, Usage } from '../../entry/entry.js'
import type { Fields } from '../../entry/own-fields.js'
import { redactedCut } from '../../entry/redact.js'
import { normaliseUsage } from '../../tokens/normalise.js'
import { idPrefix, importId } from '../import-id.js'
import type { Importer, Reading } from '../importer.js'
import {
  amountOf,
  chatIdOf,
  fieldsOf,
  firstText,
  instantOf,
  jsonFieldsOf,
  present,
} from '../source-fields.js'
import { detailCounts } from './langfuse-counts.js'

const GENERATION = Buffer.from('"GENERATION"')

export function langfuse(): Importer {
  /** Ids of observations that have a generation below them. */
  const parents = new Set<string>()
  return {
    format: 'langfuse',
    idPrefix: idPrefix('langfuse'),
    endings: ['.jsonl', '.json', '.ndjson'],
    shape: 'objects',
    keeps: 'last',
    mayCount: (record) => record.includes(GENERATION),
    survey(row) {
      const parent = firstText(row, 'parentObservationId', 'parent_observation_id')
      if (row.type === 'GENERATION' && parent !== undefined) parents.add(parent)
    },
    open: () => ({ read: (row) => readRow(row, parents) }),
  }
}

function readRow(row: Fields, parents: ReadonlySet<string>): Reading {
  if (row.type !== 'GENERATION') return undefined
  const id = firstText(row, 'id')
  if (id === undefined) return 'no_id'
  if (parents.has(id)) return 'parent'
  const hasFailed = row.level === 'ERROR'
  const usage = usageOf(row)
  const startMs = instantOf(row.startTime ?? row.start_time)
  if (startMs === undefined) return 'no_time'
  const endMs = instantOf(row.endTime ?? row.end_time)
  if (endMs === undefined && usage === undefined && !hasFailed) return 'unfinished'
  const model = firstText(row, 'model', 'providedModelName', 'provided_model_name', 'internalModel')
  if (model === undefined) return 'no_model'

  const trace = firstText(row, 'traceId', 'trace_id')
  const session = firstText(row, 'sessionId', 'session_id')
  const user = firstText(row, 'userId', 'user_id')
  const environment = firstText(row, 'environment')
  const charged = costOf(row)
  return {
    id: importId('langfuse', [trace ?? '', id]),
    startMs,
    endMs: Math.max(startMs, endMs ?? startMs),
    entry: {
      chat_id: chatIdOf(session ?? trace ?? id),
      model,
      status: hasFailed ? 'error' : 'success',
      ...(usage === undefined ? {} : { usage }),
      ...(charged === undefined ? {} : { cost: { amount: charged, source: 'provider' } }),
      ...(hasFailed ? { error: errorOf(row) } : {}),
      ...(session === undefined ? {} : { session_id: session }),
      ...(user === undefined ? {} : { user_id: user }),
      ...(environment === undefined ? {} : { environment }),
      ...timingsOf(startMs, endMs, instantOf(row.completionStartTime ?? row.completion_start_time)),
      metadata: present({
        observation_id: id,
        trace_id: trace,
        name: firstText(row, 'name'),
        version: firstText(row, 'version'),
      }),
    },
  }
}

function usageOf(row: Fields): Usage | undefined {
  const details = jsonFieldsOf(row.usageDetails ?? row.usage_details)
  const before = fieldsOf(row.usage)
  const reported = Object.keys(details).length > 0 ? details : before
  const usage = normaliseUsage('openai', detailCounts(reported))
  return usage && { ...usage, provider_usage: reported }
}

/** USD. Langfuse writes 0 where it knows no price. */
function costOf(row: Fields): number | undefined {
  const { total } = jsonFieldsOf(row.costDetails ?? row.cost_details)
  const amounts = [total, row.calculatedTotalCost, row.totalCost, row.total_cost].map(amountOf)
  return amounts.find((amount) => amount !== undefined && amount > 0)
}

function errorOf(row: Fields): EntryError {
  const message = row.statusMessage ?? row.status_message
  // The message may repeat the prompt.
  return { code: 'ERROR', message: typeof message === 'string' ? redactedCut(message, 256) : '' }
}

function timingsOf(
  startMs: number,
  endMs: number | undefined,
  firstMs: number | undefined,
): { readonly timings?: Record<string, number> } {
  if (endMs === undefined || endMs < startMs) return {}
  const hasFirst = firstMs !== undefined && firstMs >= startMs && firstMs <= endMs
  const first = hasFirst ? { time_to_first_token_ms: firstMs - startMs } : {}
  return { timings: { latency_ms: endMs - startMs, ...first } }
}
