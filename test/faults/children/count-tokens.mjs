// Counts by the thread of the package, prints what came and how often the event loop turned meanwhile, and ends by itself.
import { countTokens } from '../../../dist/tokens/count.js'
import { CountingThread } from '../../../dist/tokens/counting/counting-thread.js'

const HOUR = 3_600_000
const script = new URL('../../../dist/tokens/counting/thread-main.js', import.meta.url)
const thread = new CountingThread(script, { deadlineMs: HOUR, idleMs: HOUR })
const counts = [
  await thread.count('o200k_base', ['one two three']),
  await thread.count('o200k_base', [`${' word'.repeat(200_000)}.`]),
]
let turns = 0
const timer = setInterval(() => {
  turns += 1
}, 1)
counts.push(await thread.count('o200k_base', ['acgt'.repeat(2 ** 18)]))
clearInterval(timer)
const byDefault = await countTokens('gpt-4o', 'one two three')
process.stdout.write(JSON.stringify({ counts, turns, byDefault }))
