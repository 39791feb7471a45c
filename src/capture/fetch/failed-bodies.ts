/** Which request failed last with the same body, so that its retry can name it. */
import { createHash } from 'node:crypto'

const MAX_REMEMBERED = 200

export class FailedBodies {
  readonly #ids = new Map<string, string>()

  /** Only what failed is looked at, so a call that succeeds costs nothing. */
  add(body: string, id: string | undefined): void {
    if (id === undefined) return
    const key = keyOf(body)
    // Inserted anew, so that the oldest goes first.
    this.#ids.delete(key)
    this.#ids.set(key, id)
    const [oldest] = this.#ids.keys()
    if (this.#ids.size > MAX_REMEMBERED && oldest !== undefined) this.#ids.delete(oldest)
  }

  last(body: string): string | undefined {
    return this.#ids.get(keyOf(body))
  }
}

function keyOf(body: string): string {
  return createHash('sha256').update(body).digest('base64')
}
