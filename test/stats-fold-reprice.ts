/** Each entry priced by itself, in the plainest way. */
import type { Repricing } from '../src/stats/stats-engine.js'
import { type FoldedEntry, isObject, type Json } from './stats-fold-lines.js'

export function repriced(entry: FoldedEntry, reprice: Repricing | undefined): FoldedEntry {
  const { line, state, startMs } = entry
  if (reprice === undefined || (state !== 'success' && state !== 'failed') || !isObject(line.usage))
    return entry
  const { usage, cost, params } = line
  if (![usage.prompt_tokens, usage.completion_tokens].some(isCount)) return entry
  if (isObject(cost) && cost.source === 'provider' && typeof cost.amount === 'number' && cost.amount >= 0) {
    return entry
  }
  const amount = reprice({
    model: textOf(line.model) ?? '',
    provider: textOf(line.provider),
    responseModel: textOf(line.response_model),
    serviceTier: isObject(params) ? textOf(params.service_tier) : undefined,
    startMs,
    prompt: tokens(usage, 'prompt_tokens'),
    completion: tokens(usage, 'completion_tokens'),
    cacheRead: tokens(usage, 'cache_read_tokens'),
    cacheWrite: tokens(usage, 'cache_write_tokens'),
    cacheWrite1h: tokens(usage, 'cache_write_1h_tokens'),
    inputAudio: tokens(usage, 'input_audio_tokens'),
    outputAudio: tokens(usage, 'output_audio_tokens'),
    reasoning: tokens(usage, 'reasoning_tokens'),
  })
  return { ...entry, line: { ...line, cost: { amount } } }
}

function tokens(usage: Json, name: string): number {
  const value = usage[name]
  return isCount(value) ? value : 0
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined
  return typeof value === 'string' ? value : JSON.stringify(value)
}
