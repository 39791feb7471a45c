import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Slices } from '../../slices.js'
import { Calendar, type Resolution } from './calendar.js'
import type { Cell } from './cell.js'
import { Cube } from './cube.js'
import { keyOfId } from './id-key.js'
import { packPart } from './pack-part.js'
import { Part } from './part.js'
import { RowDraft } from './row-draft.js'
import { scan, type Wanted } from './scan.js'

/** Requests of few quarters of an hour, so that these are kept; at times in which offsets were odd, too. */
const QUARTERS = ['2026-03-08T06:45', '2026-03-08T07:00', '2026-04-04T15:00', '1960-01-01T00:30'].map(
  (text) => Date.parse(`${text}:00.000Z`),
)
const row = fc.record({
  id: fc.nat(2000),
  quarter: fc.constantFrom(...QUARTERS),
  withinMs: fc.nat(899_999),
  model: fc.constantFrom('a', null),
  status: fc.constantFrom('success', 'error', 'pending'),
  environment: fc.constantFrom('x', 'y'),
  prompt: fc.option(fc.nat(1000), { nil: Number.NaN }),
  latency: fc.option(fc.oneof(fc.nat(5000), fc.double({ min: 0, max: 1e12, noNaN: true })), {
    nil: Number.NaN,
  }),
  cost: fc.option(
    fc.nat(10_000).map((n) => n / 1e6),
    { nil: Number.NaN },
  ),
})
const question = fc.record({
  resolution: fc.constantFrom<Resolution>('all', 'month', 'week', 'day', 'hour'),
  // The offset of Monrovia had seconds until 1972; Lord Howe changes by half an hour.
  timezone: fc.constantFrom(
    'UTC',
    'America/New_York',
    'Asia/Kathmandu',
    'Australia/Lord_Howe',
    'Africa/Monrovia',
  ),
  dimensions: fc.constantFrom<Wanted['filter'][]>(
    new Map(),
    new Map([['model', ['a']]]),
    new Map([['environment', ['y']]]),
  ),
  groupBy: fc.subarray(['model', 'project', 'status', 'environment', 'chat'] as const),
  fromMs: fc.constantFrom(Number.NEGATIVE_INFINITY, QUARTERS[1] ?? 0, (QUARTERS[0] ?? 0) + 1),
})

test('the cells of a part make the cubes that its rows make', async () => {
  let kept = 0
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 150, maxLength: 250 }), question, async (rows, asked) => {
      const draft = new RowDraft()
      // Each id once: which line of an id counts is not the matter here.
      for (const [id, given] of new Map(rows.map((each) => [each.id, each] as const)))
        draft.add(rowOf(id, given))
      const slices = new Slices()
      const facts = { identity: 'i', content: 0, end: 0, lines: draft.count, damaged: 0 }
      const part = Part.inMemory('x.part', await packPart(draft, facts, slices))
      if ((await part.presummed.days()) !== undefined && (await part.presummed.quarters()) !== undefined)
        kept += 1
      const cubes = await Promise.all(
        [draft, part].map(async (block) => {
          const cube = new Cube(new Calendar(asked.resolution, asked.timezone, 'sunday'), asked.groupBy)
          const wanted = { fromMs: asked.fromMs, toMs: Number.POSITIVE_INFINITY, filter: asked.dimensions }
          await scan(cube, block, { from: 0, to: block.count, losers: undefined }, wanted, slices)
          return contentOf(cube)
        }),
      )
      expect(cubes[1]).toEqual(cubes[0])
    }),
    { numRuns: 200 },
  )
  expect(kept).toBeGreaterThan(50)
})

function rowOf(id: number, { quarter, withinMs, model, status, environment, prompt, latency, cost }: Given) {
  const isFinal = status !== 'pending'
  return {
    id: keyOfId(`id-${id}`),
    start: quarter + withinMs,
    end: Number.NaN,
    combination: {
      status: status as 'success',
      model,
      provider: null,
      request_type: null,
      environment,
      error_code: null,
      project: id % 5 === 0 ? 'other' : 'p',
      estimated: id % 7 === 0,
      summarized: false,
      writer: null,
    },
    coded: { chat: `c${id % 3}`, user: null, session: null, tag: null },
    prompt: isFinal ? prompt : Number.NaN,
    completion: Number.NaN,
    cacheRead: Number.NaN,
    cacheWrite: Number.NaN,
    reasoning: Number.NaN,
    latency: isFinal ? latency : Number.NaN,
    firstToken: isFinal ? latency / 3 : Number.NaN,
    cost: isFinal ? cost : Number.NaN,
  }
}
type Given = typeof row extends fc.Arbitrary<infer T> ? T : never

async function contentOf(cube: Cube): Promise<unknown> {
  const cells: unknown[] = []
  for await (const { slots, sums } of cube.chunks(new Slices())) {
    for (const [slot, own] of slots) cells.push(...[...own].map((cell) => cellContent(slot, cell)))
    cells.push(...[...sums].map((cell) => cellContent(null, cell)))
  }
  return cells.map((cell) => JSON.stringify(cell)).sort()

  function cellContent(slot: number | null, [tuple, cell]: readonly [number, Cell]): unknown {
    return {
      name: [slot, cube.tuples[tuple]],
      // Sums of doubles differ in their last bits by the order of adding.
      sums: Array.from(cell.sums, (sum) => Number(sum.toPrecision(12))),
      times: [cell.firstMs, cell.lastMs, cell.latencyMax, cell.firstTokenMax],
      histograms: [cell.latency, cell.firstToken].map((histogram) =>
        [...histogram.entries()].sort(([a], [b]) => a - b),
      ),
    }
  }
}
