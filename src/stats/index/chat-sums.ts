/** The rows of a block as the sums of its chats, for the live counters. */

import type { Slices } from '../../slices.js'
import { type ChatTotals, chatKey, TOTAL, TOTALS } from '../chat-totals.js'
import { addPico, picoOf } from '../usd.js'
import type { Combination } from './combination.js'
import { type Block, type Columns, codesOf, doublesOf, type Texts } from './rows.js'
import { columnOf, packTable, type Table } from './table.js'

/** A chat is of one project, but for what other programs wrote. */
export interface ChatSums extends ChatTotals {
  readonly count: number
  /** The place of each one's project among `projects`. */
  readonly projectOf: ArrayLike<number>
  readonly projects: readonly string[]
}

/** One for each chat of each project that the rows name, without `losers`. */
export async function chatSums(
  block: Block,
  losers: ReadonlySet<number> | undefined,
  slices: Slices,
): Promise<ChatSums> {
  const hasLosers = losers !== undefined && losers.size > 0
  const kept = hasLosers ? undefined : await block.presummed?.chats()
  if (kept !== undefined) return kept
  const columns = await block.columns(SUMMED, slices)
  const isCounted = (row: number): boolean => losers?.has(row) !== true
  return sumChats(columns, block.combinations, await block.texts('chat'), isCounted, slices)
}

/** Columns that are summed up. */
const SUMMED = ['combination', 'chat', 'prompt', 'completion', 'latency', 'cost'] as const
const STRIDE = 4096

export async function sumChats(
  columns: Columns,
  combinations: readonly Combination[],
  chats: Texts,
  isCounted: (row: number) => boolean,
  slices: Slices,
): Promise<ChatSums> {
  const projects = projectsOf(combinations)
  const codeOf = new Map(projects.map((project, at) => [project, at] as const))
  const projectOf = combinations.map(({ project }) => codeOf.get(project ?? '') ?? 0)
  const stateOf = combinations.map(({ status }) =>
    status === 'pending' ? TOTAL.pending : status === 'success' ? TOTAL.successful : TOTAL.failed,
  )
  const [combination, chat] = [codesOf(columns, 'combination'), codesOf(columns, 'chat')]
  const [prompts, completions] = [doublesOf(columns, 'prompt'), doublesOf(columns, 'completion')]
  const [latencies, costs] = [doublesOf(columns, 'latency'), doublesOf(columns, 'cost')]
  let sums = new Float64Array(chats.length * TOTALS)
  /** Project times chat to the place of their sums. */
  const places = new Map<number, number>()
  for (let row = 0; row < columns.count; row++) {
    if (row % STRIDE === 0 && slices.isOver) await slices.rest()
    if (!isCounted(row)) continue
    const code = combination[row] ?? 0
    const name = (projectOf[code] ?? 0) * chats.length + (chat[row] ?? 0)
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
    if (cost >= 0) addPico(sums, at + TOTAL.cost, at + TOTAL.costHigh, picoOf(cost))
    else if (prompt > 0 || completion > 0) add(sums, at + TOTAL.unpriced, 1)
  }
  const names = [...places.keys()]
  return {
    count: names.length,
    projects,
    projectOf: names.map((name) => Math.floor(name / chats.length)),
    // An entry without a chat counts as of one without a name.
    keys: names.flatMap((name) => chatKey(chats[name % chats.length] ?? '')),
    sums: sums.subarray(0, names.length * TOTALS),
  }
}

/** Without the projects. */
export function packChats({ count, projectOf, keys, sums }: ChatSums): Buffer {
  const columns = new Map([
    ['project', Float64Array.from(projectOf)],
    ['keys', Float64Array.from(keys)],
  ])
  for (let sum = 0; sum < TOTALS; sum++) {
    columns.set(
      `sum ${sum}`,
      Float64Array.from({ length: count }, (_, chat) => sums[chat * TOTALS + sum] ?? 0),
    )
  }
  return packTable(columns)
}

export function chatsIn(table: Table, projects: readonly string[]): ChatSums {
  const projectOf = columnOf(table, 'project')
  const sums = new Float64Array(projectOf.length * TOTALS)
  for (let sum = 0; sum < TOTALS; sum++) {
    const values = columnOf(table, `sum ${sum}`)
    for (let chat = 0; chat < values.length; chat++) sums[chat * TOTALS + sum] = values[chat] ?? 0
  }
  const keys = columnOf(table, 'keys')
  return { count: projectOf.length, projects, projectOf, keys, sums }
}

export function projectsOf(combinations: readonly Combination[]): string[] {
  return [...new Set(combinations.map(({ project }) => project ?? ''))]
}

function grown(sums: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const wider = new Float64Array(sums.length * 2)
  wider.set(sums)
  return wider
}

function add(sums: Float64Array, at: number, value: number): void {
  sums[at] = (sums[at] ?? 0) + value
}
