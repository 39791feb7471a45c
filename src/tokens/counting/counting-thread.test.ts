/** The thread itself is the compiled one, of `dist/`. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { tempFolder } from '../../../test/fixtures/temp-folder.js'
import { CountingThread } from './counting-thread.js'
import { loadEncoding } from './load-encoding.js'

const SCRIPT = new URL('../../../dist/tokens/counting/thread-main.js', import.meta.url)
const HOUR = 3_600_000
/** So that no test is over before a count is. */
const PATIENT = { deadlineMs: HOUR, idleMs: HOUR }

test('counts several texts at once, and several orders side by side', async () => {
  const thread = new CountingThread(SCRIPT, PATIENT)
  const [o200k, cl100k] = [await loadEncoding('o200k_base'), await loadEncoding('cl100k_base')]
  const texts = ['one two three', '', '<|endoftext|>', 'x\ud800', 'ä'.repeat(5_000)]
  const [first, second] = await Promise.all([
    thread.count('o200k_base', texts),
    thread.count('cl100k_base', texts),
  ])
  expect(first).toEqual(texts.map((text) => o200k.count(text)))
  expect(second).toEqual(texts.map((text) => cl100k.count(text)))
  expect(thread.isRunning).toBe(true)
})

test('the thread ends when it had nothing to do for a while, and another one takes the next order', async () => {
  const thread = new CountingThread(SCRIPT, { deadlineMs: HOUR, idleMs: 0 })
  for (let round = 0; round < 2; round += 1) {
    expect(await thread.count('o200k_base', ['one two'])).toEqual([2])
    while (thread.isRunning) await new Promise((resolve) => setTimeout(resolve, 5))
  }
})

test('what waits too long is not counted, and what comes then is', async () => {
  const thread = new CountingThread(SCRIPT, PATIENT)
  await thread.count('o200k_base', ['warm'])
  // A deadline that is over before the thread can have answered.
  const hasty = new CountingThread(SCRIPT, { deadlineMs: 0, idleMs: HOUR })
  expect(await hasty.count('o200k_base', ['a'.repeat(2 ** 20)])).toBeUndefined()
  expect(hasty.isRunning).toBe(false)
  expect(hasty.isUnavailable).toBe(false)
  expect(await thread.count('o200k_base', ['one two'])).toEqual([2])
})

test('no more waits than is allowed', async () => {
  const thread = new CountingThread(SCRIPT, { ...PATIENT, maxWaiting: 10 })
  const [waits, tooMuch] = [thread.count('o200k_base', ['one two']), thread.count('o200k_base', ['four'])]
  expect(await tooMuch).toBeUndefined()
  expect(await waits).toEqual([2])
  expect(await thread.count('o200k_base', ['four'])).toEqual([1])
})

test.each([
  ['is not there', undefined],
  ['throws', 'throw new Error("no")'],
  ['ends', 'process.exit(0)'],
])('a script that %s: nothing is counted, and no further thread is tried', async (_, code) => {
  const script = join(tempFolder(), 'thread.mjs')
  if (code !== undefined) writeFileSync(script, code)
  const thread = new CountingThread(pathToFileURL(script), PATIENT)
  expect(await thread.count('o200k_base', ['x'])).toBeUndefined()
  expect(thread.isUnavailable).toBe(true)
  expect(await thread.count('o200k_base', ['x'])).toBeUndefined()
  expect(thread.isRunning).toBe(false)
})

test('a thread that dies at its work takes only that with it', async () => {
  const script = join(tempFolder(), 'thread.mjs')
  writeFileSync(
    script,
    `import { parentPort } from 'node:worker_threads'
     parentPort.postMessage({ number: -1 })
     parentPort.on('message', ({ number, texts }) => {
       if (texts[0] === 'die') process.exit(1)
       parentPort.postMessage({ number, counts: [7] })
     })`,
  )
  const thread = new CountingThread(pathToFileURL(script), PATIENT)
  expect(await thread.count('o200k_base', ['die'])).toBeUndefined()
  expect(thread.isUnavailable).toBe(false)
  expect(await thread.count('o200k_base', ['live'])).toEqual([7])
})

test('what a thread says that is no answer is ignored', async () => {
  const script = join(tempFolder(), 'thread.mjs')
  writeFileSync(
    script,
    `import { parentPort } from 'node:worker_threads'
     parentPort.on('message', ({ number }) => {
       for (const odd of [null, 5, {}, { number, counts: ['x'] }, { number: 99, counts: [1] }]) parentPort.postMessage(odd)
       parentPort.postMessage({ number, counts: [3] })
     })`,
  )
  const thread = new CountingThread(pathToFileURL(script), PATIENT)
  expect(await thread.count('o200k_base', ['x'])).toEqual([3])
})
