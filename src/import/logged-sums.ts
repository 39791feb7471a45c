/** What a run logs, summed up by model: 28 bytes a call, so that a state that is replaced can be taken out again. */

/** USD are summed as whole numbers of 1e-12. */
const PICO_PER_USD = 1e12

export interface LoggedCall {
  readonly model: string
  /** Tokens. */
  readonly prompt: number
  readonly completion: number
  /** USD; undefined when no price is known. */
  readonly cost: number | undefined
}

/** Of new and changed calls. */
export interface ModelSums {
  readonly model: string
  readonly entries: number
  readonly promptTokens: number
  readonly completionTokens: number
  /** USD, of the entries that have a price. */
  readonly cost: number
  readonly unpricedEntries: number
}

interface Sums {
  readonly model: string
  entries: number
  prompt: number
  completion: number
  pico: bigint
  unpriced: number
}

const FIRST_CALLS = 1 << 10

export class LoggedSums {
  readonly #sums: Sums[] = []
  readonly #places = new Map<string, number>()
  #models = new Uint32Array(FIRST_CALLS)
  #prompts = new Float64Array(FIRST_CALLS)
  #completions = new Float64Array(FIRST_CALLS)
  /** NaN when there is none. */
  #costs = new Float64Array(FIRST_CALLS)
  #count = 0

  /** The number of the call, for `replace`. */
  add(call: LoggedCall): number {
    if (this.#count === this.#models.length) this.#grow()
    const number = this.#count++
    this.#put(number, call)
    return number
  }

  replace(number: number, call: LoggedCall): void {
    this.#apply(number, -1)
    this.#put(number, call)
  }

  /** The dearest model first. */
  read(): ModelSums[] {
    return this.#sums
      .filter(({ entries }) => entries > 0)
      .map(({ model, entries, prompt, completion, pico, unpriced }) => ({
        model,
        entries,
        promptTokens: prompt,
        completionTokens: completion,
        cost: Number(pico) / PICO_PER_USD,
        unpricedEntries: unpriced,
      }))
      .sort((a, b) => b.cost - a.cost || b.entries - a.entries || (a.model < b.model ? -1 : 1))
  }

  #put(number: number, { model, prompt, completion, cost }: LoggedCall): void {
    this.#models[number] = this.#placeOf(model)
    this.#prompts[number] = prompt
    this.#completions[number] = completion
    this.#costs[number] = cost ?? Number.NaN
    this.#apply(number, 1)
  }

  #apply(number: number, sign: 1 | -1): void {
    const sums = this.#sums[this.#models[number] ?? 0]
    if (sums === undefined) return
    const cost = this.#costs[number] ?? Number.NaN
    sums.entries += sign
    sums.prompt += sign * (this.#prompts[number] ?? 0)
    sums.completion += sign * (this.#completions[number] ?? 0)
    if (Number.isNaN(cost)) sums.unpriced += sign
    else sums.pico += BigInt(sign) * BigInt(Math.round(cost * PICO_PER_USD))
  }

  #placeOf(model: string): number {
    const known = this.#places.get(model)
    if (known !== undefined) return known
    const place = this.#sums.push({ model, entries: 0, prompt: 0, completion: 0, pico: 0n, unpriced: 0 }) - 1
    this.#places.set(model, place)
    return place
  }

  #grow(): void {
    const size = 2 * this.#models.length
    const models = new Uint32Array(size)
    models.set(this.#models)
    this.#models = models
    this.#prompts = grown(this.#prompts, size)
    this.#completions = grown(this.#completions, size)
    this.#costs = grown(this.#costs, size)
  }
}

function grown(numbers: Float64Array<ArrayBuffer>, size: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(size)
  larger.set(numbers)
  return larger
}
