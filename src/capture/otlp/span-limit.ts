/** How much one export may ask for: a few bytes in gzip can be millions of empty spans. */
import { jsonOf, listOf } from '../json.js'

/** Of one export, the groups around the spans counted as well. Exporters send 512 at once by default. */
const MAX_SPANS = 50_000

export class TooManySpans extends RangeError {
  constructor() {
    super(`the export holds more than ${MAX_SPANS} spans`)
  }
}

export class SpanCount {
  #count = 0

  /** Throws TooManySpans. */
  add(spans: number): void {
    this.#count += spans
    if (this.#count > MAX_SPANS) throw new TooManySpans()
  }
}

/** The same for an export that came as JSON. Throws TooManySpans. */
export function checkSpanCount(request: unknown): void {
  const count = new SpanCount()
  const groups = listOf(jsonOf(request).resourceSpans)
  count.add(groups.length)
  for (const group of groups) {
    const scopes = listOf(jsonOf(group).scopeSpans)
    count.add(scopes.length)
    for (const scope of scopes) count.add(listOf(jsonOf(scope).spans).length)
  }
}
