import { expect, test } from 'vitest'
import { Descriptors } from './descriptors.js'

/** Settles what is about to. */
const soon = () => new Promise((resolve) => setImmediate(resolve))

test('no more than so many at once; the next one gets in when one is given back', async () => {
  const descriptors = new Descriptors(2)
  const [a] = [await descriptors.take(() => false), await descriptors.take(() => false)]
  let isIn = false
  const third = descriptors
    .take(() => false)
    .then((permit) => {
      isIn = true
      return permit
    })
  await soon()
  expect({ isIn, isWanted: descriptors.isWanted }).toEqual({ isIn: false, isWanted: true })
  descriptors.giveBack(a)
  descriptors.giveBack(a)
  await third
  expect(descriptors.isWanted).toBe(false)
})

test('who waits has that one closed which was not used for longest and is idle', async () => {
  const descriptors = new Descriptors(3)
  const asked: string[] = []
  const hold = async (name: string, isIdle: boolean) => {
    const permit = await descriptors.take(() => {
      asked.push(name)
      if (isIdle) queueMicrotask(() => descriptors.giveBack(permit))
      return isIdle
    })
    return permit
  }
  await hold('busy', false)
  const used = await hold('used', true)
  await hold('old', true)
  descriptors.used(used)
  await hold('new', true)
  expect(asked).toEqual(['busy', 'old'])
})
