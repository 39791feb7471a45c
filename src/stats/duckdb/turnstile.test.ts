import { expect, test } from 'vitest'
import { Turnstile } from './turnstile.js'

/** Tasks that end when they are told to, and how many run at once. */
class Tasks {
  running = 0
  most = 0
  readonly started: number[] = []
  readonly #ends: (() => void)[] = []

  task(name: number): () => Promise<number> {
    return async () => {
      this.started.push(name)
      this.running += 1
      this.most = Math.max(this.most, this.running)
      await new Promise<void>((resolve) => this.#ends.push(resolve))
      this.running -= 1
      if (name < 0) throw new Error('failed')
      return name
    }
  }

  async endAll(): Promise<void> {
    for (let end = this.#ends.shift(); end !== undefined; end = this.#ends.shift()) {
      end()
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
}

test('no more than the limit run at once, in the order they came', async () => {
  const tasks = new Tasks()
  const turnstile = new Turnstile(2)
  const results = [1, 2, 3, 4, 5].map((name) => turnstile.pass(tasks.task(name)))
  await tasks.endAll()
  expect(await Promise.all(results)).toEqual([1, 2, 3, 4, 5])
  expect(tasks.started).toEqual([1, 2, 3, 4, 5])
  expect(tasks.most).toBe(2)
})

test('a task that fails gives its place to the next', async () => {
  const tasks = new Tasks()
  const turnstile = new Turnstile(1)
  const results = Promise.allSettled([-1, -2, 3].map((name) => turnstile.pass(tasks.task(name))))
  await tasks.endAll()
  expect((await results).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled'])
})

test('idle waits for those that run and those that wait', async () => {
  const tasks = new Tasks()
  const turnstile = new Turnstile(1)
  const results = [1, 2].map((name) => turnstile.pass(tasks.task(name)))
  let idle = false
  const waiting = turnstile.idle().then(() => {
    idle = true
  })
  await new Promise((resolve) => setImmediate(resolve))
  expect(idle).toBe(false)
  await tasks.endAll()
  await waiting
  expect(await Promise.all(results)).toEqual([1, 2])
})
