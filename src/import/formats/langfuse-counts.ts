/** The counts of a Langfuse observation, whose kinds are named by whoever sent them, as a provider would report them. */
import type { Fields } from '../../entry/own-fields.js'
import { amountOf, present } from '../source-fields.js'

/**
 * Langfuse takes the kinds as disjoint: `input` is what was neither read from a cache nor written to one. Some senders
 * give parts of `input` all the same; then `total` says so, as it is `input + output`.
 */
export function detailCounts(reported: Fields): Fields {
  const counts = Object.entries(reported).flatMap(([name, value]): [string, number][] => {
    const count = amountOf(value)
    return count === undefined ? [] : [[name, count]]
  })
  const sum = (isMeant: (name: string) => boolean): number =>
    counts.reduce((total, [name, count]) => (isMeant(name) ? total + count : total), 0)
  const read = sum((name) => CACHE_READ.test(name))
  const write = sum((name) => CACHE_WRITE.test(name))
  const reasoning = sum((name) => REASONING.test(name))
  const input = sum((name) => INPUT.has(name))
  const output = sum((name) => OUTPUT.has(name))
  const others = sum((name) => /^input_/.test(name) && !INPUT.has(name) && !isPart(name))
  const otherOutput = sum((name) => /^output_/.test(name) && !OUTPUT.has(name) && !isPart(name))
  const total = amountOf(reported.total ?? reported.totalTokens ?? reported.total_tokens)
  const hasNeither = !counts.some(([name]) => INPUT.has(name) || OUTPUT.has(name) || isPart(name))
  const areParts = total === undefined ? false : total === input + output
  return present({
    prompt_tokens: hasNeither ? undefined : areParts ? input : input + read + write + others,
    completion_tokens: hasNeither ? undefined : areParts ? output : output + reasoning + otherOutput,
    total_tokens: hasNeither ? total : undefined,
    // A kind that was not given is no count of 0.
    prompt_tokens_details: present({
      cached_tokens: read || undefined,
      cache_write_tokens: write || undefined,
    }),
    completion_tokens_details: present({ reasoning_tokens: reasoning || undefined }),
  })
}

const INPUT = new Set(['input', 'input_tokens', 'prompt_tokens', 'promptTokens', 'prompt'])
const OUTPUT = new Set(['output', 'output_tokens', 'completion_tokens', 'completionTokens', 'completion'])
const CACHE_READ =
  /^(?:input_cached_tokens|input_cache_read|input_cached|cache_read_input_tokens|cache_read)$/
const CACHE_WRITE =
  /^(?:input_cache_creation|cache_creation_input_tokens|input_cache_write|cache_creation|cache_write)/
const REASONING = /^(?:output_reasoning_tokens|output_reasoning|reasoning_tokens|reasoning)$/

function isPart(name: string): boolean {
  return CACHE_READ.test(name) || CACHE_WRITE.test(name) || REASONING.test(name)
}
