/** The rows of a block as the sums of its chats, for the live counters. */
import { type ChatTotals, TOTAL, TOTALS } from '../chat-totals.js'
import { picoOf } from '../usd.js'
import { type Block, codesOf, doublesOf } from './rows.js'
import type { Slices } from './slices.js'

const STRIDE = 4096

/** One for each chat of each project that the rows name, without `losers`. */
export async function* chatSums(
  block: Block,
  losers: ReadonlySet<number> | undefined,
  slices: Slices,
): AsyncGenerator<ChatTotals> {
  const columns = await block.columns(['combination', 'chat', 'prompt', 'completion', 'latency', 'cost'])
  const keys = await block.chatKeys()
  const chats = keys.length / 3
  const projects = [...new Set(block.combinations.map(({ project }) => project ?? ''))]
  const codeOf = new Map(projects.map((project, at) => [project, at] as const))
  const projectOf = block.combinations.map(({ project }) => codeOf.get(project ?? '') ?? 0)
  const stateOf = block.combinations.map(({ status }) =>
    status === 'pending' ? TOTAL.pending : status === 'success' ? TOTAL.successful : TOTAL.failed,
  )
  const [combination, chat] = [codesOf(columns, 'combination'), codesOf(columns, 'chat')]
  const [prompts, completions] = [doublesOf(columns, 'prompt'), doublesOf(columns, 'completion')]
  const [latencies, costs] = [doublesOf(columns, 'latency'), doublesOf(columns, 'cost')]
  let sums = new Float64Array(chats * TOTALS)
  /** Project times chat to the place of their sums: a chat is of one project, but for what other programs wrote. */
  const places = new Map<number, number>()
  for (let row = 0; row < block.count; row++) {
    if (row % STRIDE === 0 && slices.isOver) await slices.rest()
    if (losers?.has(row) === true) continue
    const code = combination[row] ?? 0
    const name = (projectOf[code] ?? 0) * chats + (chat[row] ?? 0)
    let place = places.get(name)
    if (place === undefined) {
      place = places.size
      places.set(name, place)
      if ((place + 1) * TOTALS > sums.length) sums = grown(sums)
    }
    const at = place * TOTALS
    add(sums, at + (stateOf[code] ?? 0), 1)
    if (stateOf[code] === TOTAL.pending) continue
    const prompt = prompts[row] ?? 0
    const completion = completions[row] ?? 0
    const latency = latencies[row] ?? 0
    const cost = costs[row] ?? 0
    if (prompt > 0) add(sums, at + TOTAL.prompt, prompt)
    if (completion > 0) add(sums, at + TOTAL.completion, completion)
    if (latency >= 0) {
      add(sums, at + TOTAL.latencySum, latency)
      add(sums, at + TOTAL.latencyCount, 1)
    }
    if (cost >= 0) add(sums, at + TOTAL.cost, picoOf(cost))
    else if (prompt > 0 || completion > 0) add(sums, at + TOTAL.unpriced, 1)
  }
  for (const [name, place] of places) {
    const code = name % chats
    const key = [keys[code * 3] ?? 0, keys[code * 3 + 1] ?? 0, keys[code * 3 + 2] ?? 0] as const
    yield { projectId: projects[Math.floor(name / chats)] ?? '', key, sums, at: place * TOTALS }
  }
}

function grown(sums: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const wider = new Float64Array(sums.length * 2)
  wider.set(sums)
  return wider
}

function add(sums: Float64Array, at: number, value: number): void {
  sums[at] = (sums[at] ?? 0) + value
}
