/** The parts of the prompt and the completion that somebody gave, under their names in an entry. */
import { fitParts, type TokenCounts } from './token-counts.js'

export type PartName = Exclude<keyof GivenParts, 'input' | 'output' | 'fitInto' | 'fields' | 'text'>

export class GivenParts {
  cache_read_tokens: number | undefined = undefined
  cache_write_tokens: number | undefined = undefined
  cache_write_1h_tokens: number | undefined = undefined
  input_audio_tokens: number | undefined = undefined
  reasoning_tokens: number | undefined = undefined
  output_audio_tokens: number | undefined = undefined

  /** The least that the prompt must have been; undefined when none of its parts is given. */
  input(): number | undefined {
    return sumOf(this.cache_read_tokens, this.#written(), this.input_audio_tokens)
  }

  /** The same of the completion. */
  output(): number | undefined {
    return sumOf(this.reasoning_tokens, this.output_audio_tokens)
  }

  /** Sets the parts of counts whose wholes stand; gives the names of those that had to be cut. */
  fitInto(counts: TokenCounts): string[] {
    counts.cacheRead = this.cache_read_tokens ?? 0
    counts.cacheWrite = this.#written() ?? 0
    counts.cacheWrite1h = this.cache_write_1h_tokens ?? 0
    counts.inputAudio = this.input_audio_tokens ?? 0
    counts.reasoning = this.reasoning_tokens ?? 0
    counts.outputAudio = this.output_audio_tokens ?? 0
    return fitParts(counts)
  }

  /** The given parts as they came to be, as `[name, tokens]`. */
  fields(counts: TokenCounts): (readonly [string, number])[] {
    const fields: (readonly [string, number])[] = []
    if (this.cache_read_tokens !== undefined) fields.push(['cache_read_tokens', counts.cacheRead])
    if (this.#written() !== undefined) fields.push(['cache_write_tokens', counts.cacheWrite])
    if (this.cache_write_1h_tokens !== undefined) fields.push(['cache_write_1h_tokens', counts.cacheWrite1h])
    if (this.input_audio_tokens !== undefined) fields.push(['input_audio_tokens', counts.inputAudio])
    if (this.reasoning_tokens !== undefined) fields.push(['reasoning_tokens', counts.reasoning])
    if (this.output_audio_tokens !== undefined) fields.push(['output_audio_tokens', counts.outputAudio])
    return fields
  }

  /** The same as JSON, each with a comma before it. Every logged request with a cache comes here: no list is made. */
  text(counts: TokenCounts): string {
    let text = ''
    if (this.cache_read_tokens !== undefined) text += `,"cache_read_tokens":${counts.cacheRead}`
    if (this.#written() !== undefined) text += `,"cache_write_tokens":${counts.cacheWrite}`
    if (this.cache_write_1h_tokens !== undefined) text += `,"cache_write_1h_tokens":${counts.cacheWrite1h}`
    if (this.input_audio_tokens !== undefined) text += `,"input_audio_tokens":${counts.inputAudio}`
    if (this.reasoning_tokens !== undefined) text += `,"reasoning_tokens":${counts.reasoning}`
    if (this.output_audio_tokens !== undefined) text += `,"output_audio_tokens":${counts.outputAudio}`
    return text
  }

  /** What is kept for an hour was written. */
  #written(): number | undefined {
    return this.cache_write_tokens ?? this.cache_write_1h_tokens
  }
}

/** Undefined when no count is given. */
export function sumOf(...counts: readonly (number | undefined)[]): number | undefined {
  let sum: number | undefined
  for (const count of counts) if (count !== undefined) sum = (sum ?? 0) + count
  return sum
}
