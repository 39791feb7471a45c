/** The thread that counts tokens: an order in, an answer out, one after the other. */
import { parentPort } from 'node:worker_threads'
import { loadEncoding } from './load-encoding.js'
import { type CountAnswer, isOrder } from './messages.js'

async function answer(order: unknown): Promise<void> {
  if (!isOrder(order)) return
  const { number, encoding, texts } = order
  let told: CountAnswer = { number }
  try {
    const pairs = await loadEncoding(encoding)
    told = { number, counts: texts.map((text) => pairs.count(text)) }
  } catch {
    // Whoever asked has an estimate instead.
  }
  parentPort?.postMessage(told)
}

parentPort?.on('message', answer)
// To no order: tells that threads work here, whatever the first text does to this one.
const ready: CountAnswer = { number: -1 }
parentPort?.postMessage(ready)
