import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseEntry } from '../../src/journal/parse-entry.js'
import { nothingYet, repairedContent } from '../../src/journal/repair/repaired-content.js'
import { readBytes } from '../../src/journal/verify/record-of.js'
import { tempFolder } from '../fixtures/temp-folder.js'

const object = (id: string, more: object = {}): object => ({
  id,
  status: 'success',
  timestamp_start: '2026-01-31T14:00:00.000Z',
  ...more,
})

/** An entry whose caller hopes that a part of it is taken for another entry. */
const hostile = fc
  .record({
    id: fc.uuid(),
    prompt: fc.constantFrom(
      '',
      JSON.stringify(object('forged')),
      `"${JSON.stringify(object('forged'))}\n`,
      '{',
      '€😀',
    ),
    metadata: fc.constantFrom(
      {},
      object('forged'),
      { a: [object('forged'), object('forged')] },
      { b: object('forged') },
    ),
  })
  .map(({ id, ...more }) => `${JSON.stringify(object(id, more))}\n`)
const content = fc.array(hostile, { minLength: 1, maxLength: 8 }).map((lines) => Buffer.from(lines.join('')))

type Damage = (bytes: Buffer) => Buffer
/** Somewhere in the content, as parts of its length. */
const place = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true })
const range = fc.tuple(place, place).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const)
const at = (bytes: Buffer, part: number): number => Math.floor(bytes.length * part)

const damage: fc.Arbitrary<Damage> = fc.oneof(
  fc.tuple(place, fc.nat(7)).map(
    ([part, bit]): Damage =>
      (bytes) => {
        const flipped = Buffer.from(bytes)
        flipped[at(bytes, part)] = (flipped[at(bytes, part)] ?? 0) ^ (1 << bit)
        return flipped
      },
  ),
  place.map(
    (part): Damage =>
      (bytes) =>
        bytes.subarray(0, at(bytes, part)),
  ),
  range.map(
    ([from, to]): Damage =>
      (bytes) => {
        return Buffer.concat([bytes.subarray(0, at(bytes, from)), bytes.subarray(at(bytes, to))])
      },
  ),
  range.map(
    ([from, to]): Damage =>
      (bytes) =>
        Buffer.from(bytes).fill(0, at(bytes, from), at(bytes, to)),
  ),
  fc.tuple(place, fc.uint8Array({ maxLength: 40 })).map(
    ([part, more]): Damage =>
      (bytes) => {
        return Buffer.concat([bytes.subarray(0, at(bytes, part)), more, bytes.subarray(at(bytes, part))])
      },
  ),
  fc.tuple(place, place).map(
    ([from, to]): Damage =>
      (bytes) => {
        // A write that ended early, and the next line right behind it.
        const lines = bytes.toString().split('\n')
        const torn = Buffer.from(lines[Math.floor(lines.length * from)] ?? '')
        return Buffer.concat([bytes, torn.subarray(0, at(torn, to)), bytes])
      },
  ),
)

const linesOf = (bytes: Buffer): string[] => bytes.toString('latin1').split('\n')
const entryOf = (line: string) => readBytes(Buffer.from(line, 'latin1'), parseEntry)

async function repair(bytes: Buffer): Promise<Buffer> {
  const path = join(folder, 'segment.jsonl')
  writeFileSync(path, bytes)
  const pieces: Buffer[] = []
  for await (const piece of repairedContent(path, 'llm_requests', nothingYet())) pieces.push(piece)
  return Buffer.concat(pieces)
}

let folder = ''

test('a repair keeps each intact line byte by byte and in order, and leaves only entries', async () => {
  folder = tempFolder()
  await fc.assert(
    fc.asyncProperty(content, fc.array(damage, { maxLength: 4 }), async (whole, damages) => {
      const damaged = damages.reduce<Buffer>((bytes, spoil) => spoil(bytes), whole)
      const repaired = linesOf(await repair(damaged))
      expect(repaired.pop()).toBe('')
      expect(repaired.filter((line) => entryOf(line) === undefined)).toEqual([])
      let from = 0
      for (const line of linesOf(damaged).filter((each) => entryOf(each) !== undefined)) {
        from = repaired.indexOf(line, from) + 1
        expect(from).toBeGreaterThan(0)
      }
    }),
    { numRuns: 400 },
  )
})

test('a repair invents no entry', async () => {
  folder = tempFolder()
  await fc.assert(
    fc.asyncProperty(content, damage, async (whole, spoil) => {
      const repaired = linesOf(await repair(spoil(whole)))
      expect(repaired.filter((line) => entryOf(line)?.id === 'forged')).toEqual([])
    }),
    { numRuns: 1_000 },
  )
})

test('what is repaired needs no repair', async () => {
  folder = tempFolder()
  await fc.assert(
    fc.asyncProperty(content, fc.array(damage, { maxLength: 4 }), async (whole, damages) => {
      const repaired = await repair(damages.reduce<Buffer>((bytes, spoil) => spoil(bytes), whole))
      expect(await repair(repaired)).toEqual(repaired)
    }),
    { numRuns: 200 },
  )
})
