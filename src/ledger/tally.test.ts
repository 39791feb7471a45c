import { expect, test } from 'vitest'
import { Tally, type TallyParts } from './tally.js'

function tallyWith(parts: Partial<TallyParts>) {
  let changes = 0
  const tally = new Tally({
    isOpened: (id) => id === 'opened',
    listIds: async () => ['opened', 'there'],
    onChange: () => void changes++,
    ...parts,
  })
  return { tally, changes: () => changes }
}

const ONE = { rejected: 1, dropped: 0, recovered: 0 }
const NONE = { rejected: 0, dropped: 0, recovered: 0 }

test.each([
  ['that is opened', 'opened', 'opened'],
  ['that is there', 'there', 'there'],
  ['that is nowhere', 'nowhere', null],
  ['by no id', '../x', null],
  ['by the name of an inherited property', 'constructor', null],
  ['by a number', 5, null],
  ['by nothing', undefined, null],
])('a call that names a project %s', async (_, named, project) => {
  const { tally, changes } = tallyWith({})
  tally.reject(named)
  tally.persisted++
  expect(tally.read()).toEqual({ received: 2, persisted: 1, damaged: 0, ...ONE })
  expect(changes()).toBe(1)
  const counts = await tally.byProject()
  expect([...counts]).toEqual([[project, ONE]])
  expect(counts.sum('opened')).toEqual(project === 'opened' ? ONE : NONE)
  expect(tally.read()).toEqual({ received: 2, persisted: 1, damaged: 0, ...ONE })
})

test('names that cannot be looked up are counted, and looked up when that is possible', async () => {
  let ids: string[] | undefined
  const listIds = async () => ids ?? Promise.reject(new Error('no descriptors'))
  const { tally, changes } = tallyWith({ listIds })
  tally.drop('there')
  expect([...(await tally.byProject())]).toEqual([[null, { ...NONE, dropped: 1 }]])
  expect(changes()).toBe(2)
  ids = ['there']
  const counts = [...(await tally.byProject())].filter(([, { dropped }]) => dropped > 0)
  expect(counts).toEqual([['there', { ...NONE, dropped: 1 }]])
})

test('two looks at once count no name twice', async () => {
  const { tally } = tallyWith({})
  tally.reject('there')
  tally.recover('opened')
  for (const counts of await Promise.all([tally.byProject(), tally.byProject()])) {
    expect(counts.sum()).toEqual({ ...ONE, recovered: 1 })
  }
})

test('however many names are made up, the sum is exact', async () => {
  const { tally } = tallyWith({})
  for (let i = 0; i < 10_500; i++) tally.reject(`made-up-${i}`)
  expect(tally.read().rejected).toBe(10_500)
  expect((await tally.byProject()).sum().rejected).toBe(10_500)
})
