import { lstatSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { contestsOf, draftOf, growingPart, part } from '../../../test/fixtures/parts-of-ids.js'
import { Slices } from '../../slices.js'
import { Contests } from './contests.js'
import { idsPath } from './part-path.js'
import { SeenIds } from './seen-ids.js'

const slices = new Slices()

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ledgerline-ids-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** As one process after another sees them. */
const open = () => new SeenIds({ path: idsPath(folder), saveFrom: 1 })

describe('ids of closed files are kept for the next process', () => {
  test('which reads those of other files alone, and finds what came again in them', async () => {
    const [one, two] = [await part(1, ['a', 'b', 'c']), await part(2, ['c', 'd'])]
    const first = open()
    await first.add([one.block, two.block], slices)
    expect(contestsOf(first, ['c'])).toEqual({ c: 2 })
    expect([one.reads(), two.reads()]).toEqual([1, 1])

    const three = await part(3, ['a', 'e'])
    const second = open()
    await second.add([one.block], slices)
    expect(contestsOf(second, [])).toEqual({})
    await second.add([one.block, two.block, three.block], slices)
    expect(contestsOf(second, ['a', 'c'])).toEqual({ a: 2, c: 2 })
    expect([one.reads(), two.reads(), three.reads()]).toEqual([1, 1, 1])
    expect(lstatSync(idsPath(folder)).mode & 0o777).toBe(0o600)
  })

  test('a file that is gone and comes again is looked at anew', async () => {
    const [one, two] = [await part(1, ['a', 'b']), await part(2, ['b'])]
    await open().add([one.block, two.block], slices)
    const ids = open()
    await ids.add([one.block, two.block], slices)
    ids.remove([one.block])
    expect(contestsOf(ids, ['b'])).toEqual({})
    await ids.add([one.block, two.block], slices)
    expect(contestsOf(ids, ['b'])).toEqual({ b: 2 })
  })

  test('an id is found again in a file that nobody had asked for when it was suspected', async () => {
    const [one, two] = [await part(1, ['x', 'a']), await part(2, ['x', 'b'])]
    await open().add([two.block], slices)
    const ids = open()
    await ids.add([one.block], slices)
    expect(contestsOf(ids, ['x'])).toEqual({})
    await ids.add([one.block, two.block], slices)
    expect(contestsOf(ids, ['x'])).toEqual({ x: 2 })
    expect(two.reads()).toBe(1)
  })

  test('also when that other process put more into the file of ids meanwhile', async () => {
    const [one, two] = [await part(1, ['x', 'a']), await part(2, ['x', 'b'])]
    await open().add([two.block], slices)
    await open().add([one.block], slices)
    const ids = open()
    await ids.add([one.block, two.block], slices)
    expect(contestsOf(ids, ['x'])).toEqual({ x: 2 })
    expect([one.reads(), two.reads()]).toEqual([1, 1])
  })

  test('a part of a growing file is looked at again once something is new', async () => {
    const [closed, growing] = [await part(1, ['a', 'b']), await growingPart(0, ['b', 'c'])]
    await open().add([closed.block, growing.block], slices)
    const ids = open()
    await ids.add([closed.block, growing.block], slices)
    expect(contestsOf(ids, ['b'])).toEqual({ b: 2 })
    expect([closed.reads(), growing.reads()]).toEqual([1, 1])
    await ids.add([closed.block, growing.block, draftOf(['a', 'c'])], slices)
    expect(contestsOf(ids, ['a', 'b', 'c'])).toEqual({ a: 2, b: 2, c: 2 })
    expect([closed.reads(), growing.reads()]).toEqual([1, 2])
  })

  test('a part of a growing file that read on is another', async () => {
    await open().add([(await growingPart(0, ['a'])).block], slices)
    const [one, more] = [await part(1, ['b']), await growingPart(0, ['a', 'b'])]
    const ids = open()
    await ids.add([one.block, more.block], slices)
    expect(contestsOf(ids, ['a', 'b'])).toEqual({ b: 2 })
    expect(more.reads()).toBe(1)
    await open().add([one.block, more.block], slices)
    expect(more.reads()).toBe(1)
  })

  test('a part of a growing file that was not asked for before others were new is compared with them', async () => {
    const [growing, one] = [await growingPart(0, ['a']), await part(1, ['a'])]
    await open().add([growing.block], slices)
    const ids = open()
    await ids.add([one.block], slices)
    expect(contestsOf(ids, ['a'])).toEqual({})
    await ids.add([one.block, growing.block], slices)
    expect(contestsOf(ids, ['a'])).toEqual({ a: 2 })
  })

  test('a file that two projects have is two', async () => {
    const [one, again] = [await part(1, ['a']), await part(1, ['a'])]
    await open().add([one.block], slices)
    const ids = open()
    await ids.add([one.block], slices)
    await ids.add([again.block], slices)
    expect(contestsOf(ids, ['a'])).toEqual({ a: 2 })
  })

  test('ids of files that are gone for good are let go when they make too many suspects', async () => {
    const names = Array.from({ length: 500 }, (_, n) => `id ${n}`)
    await open().add([(await part(1, names)).block], slices)
    const ids = open()
    const again = await part(2, names)
    // With one block a look at each suspect costs less than another filter.
    const others = await Promise.all([3, 4, 5, 6, 7].map(async (n) => (await part(n, [`of ${n}`])).block))
    await ids.add([again.block, ...others], slices)
    expect(contestsOf(ids, names)).toEqual({})
    // Once among the suspects, and once into a filter without them.
    expect(again.reads()).toBe(2)
    const more = await part(8, ['id 7'])
    await ids.add([again.block, more.block], slices)
    expect(contestsOf(ids, names)).toEqual({ 'id 7': 2 })
  })
})

test('a block that takes the place of others has their ids', async () => {
  const ids = open()
  const growing = draftOf(['a'])
  const other = await part(1, ['x', 'a'])
  await ids.add([growing, other.block], slices)
  expect(contestsOf(ids, ['a'])).toEqual({ a: 2 })
  const closed = await part(2, ['a'])
  await ids.replace([growing], closed.block, slices)
  expect([...ids.contests].map(({ places }) => places.map(({ block }) => block))).toEqual([
    [other.block, closed.block],
  ])
  const third = await part(3, ['a'])
  await ids.add([other.block, closed.block, third.block], slices)
  expect(contestsOf(ids, ['a'])).toEqual({ a: 3 })
})

test('who missed changes forgets those that lost in contests that are over', async () => {
  const ids = new SeenIds(undefined)
  const names = Array.from({ length: 70_000 }, (_, n) => `id ${n}`)
  const [one, two] = [(await part(1, names)).block, (await part(2, names)).block]
  await ids.add([one, two], slices)
  const contests = new Contests(ids)
  await contests.decide([one, two], { everything: true })
  expect(contests.losersOf(one)?.size).toBe(70_000)
  ids.remove([two])
  await contests.decide([one], { everything: false })
  expect(contests.losersOf(one)?.size ?? 0).toBe(0)
})

test('who asks seldom is told that there were too many changes', async () => {
  const ids = new SeenIds(undefined)
  const names = Array.from({ length: 70_000 }, (_, n) => `id ${n}`)
  await ids.add([(await part(1, names)).block, (await part(2, names)).block], slices)
  expect(ids.changes).toBe(70_000)
  expect(ids.changedSince(0)).toBeUndefined()
  expect(ids.changedSince(69_999)).toHaveLength(1)
})
