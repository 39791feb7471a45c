import { expect, test } from 'vitest'
import { enterCapture, insideCapture, isInsideCapture } from './inside-capture.js'

const ledger = {}
const other = {}
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('work is inside until its promise settles, across turns of the loop', async () => {
  const seen: boolean[] = []
  let late = (): void => {}
  await insideCapture(ledger, async () => {
    seen.push(isInsideCapture(ledger))
    await turn()
    seen.push(isInsideCapture(ledger))
    // Started inside, but it runs when the call is over.
    new Promise<void>((resolve) => {
      late = resolve
    }).then(() => seen.push(isInsideCapture(ledger)))
  })
  late()
  await turn()
  expect(seen).toEqual([true, true, false])
  expect(isInsideCapture(ledger)).toBe(false)
})

test('another ledger is not inside', async () => {
  await insideCapture(ledger, async () => {
    expect([isInsideCapture(ledger), isInsideCapture(other)]).toEqual([true, false])
    await insideCapture(other, async () => {
      expect([isInsideCapture(ledger), isInsideCapture(other)]).toEqual([true, true])
    })
  })
})

test('what runs beside the work is outside', async () => {
  const work = insideCapture(ledger, turn)
  expect(isInsideCapture(ledger)).toBe(false)
  await work
})

test('work that fails ends the scope and keeps its error', async () => {
  const broken = insideCapture(ledger, () => {
    throw new Error('refused')
  })
  await expect(broken).rejects.toThrow('refused')
  expect(isInsideCapture(ledger)).toBe(false)
})

test('a callback puts the rest of its caller inside, and not the caller of that', async () => {
  const caller = async (): Promise<boolean[]> => {
    await turn()
    const leave = await (async () => enterCapture(ledger))()
    await turn()
    const inside = isInsideCapture(ledger)
    leave()
    return [inside, isInsideCapture(ledger)]
  }
  const called = caller()
  expect(isInsideCapture(ledger)).toBe(false)
  expect(await called).toEqual([true, false])
  expect(isInsideCapture(ledger)).toBe(false)
})

test('of several scopes entered in one place each holds until it is left', async () => {
  const leaveFirst = enterCapture(ledger)
  const leaveSecond = enterCapture(ledger)
  leaveSecond()
  expect(isInsideCapture(ledger)).toBe(true)
  leaveFirst()
  expect(isInsideCapture(ledger)).toBe(false)
})
