import { readdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tempFolder } from '../../../test/fixtures/temp-folder.js'
import { ownIdentity } from '../../journal/process-identity.js'
import { checkBudget } from './budget.js'
import { Crossings } from './crossings.js'

const budget = checkBudget({ scope: { type: 'global' }, period: 'day', limitUsd: 5 }, 'test')
const today = { fromMs: Date.UTC(2026, 10, 29), toMs: Date.UTC(2026, 10, 30) - 1 }

interface Setup {
  readonly folder: string
  readonly told: number[]
  once(share: number, more?: { limitUsd?: number; fromMs?: number }): Promise<void>
  names(): string[]
}

function setup(): Setup {
  const workspace = tempFolder()
  const folder = join(workspace, 'logs', 'budgets')
  const told: number[] = []
  return {
    folder,
    told,
    // Each time another process.
    once: (share, { limitUsd = 5, fromMs = today.fromMs } = {}) =>
      new Crossings(workspace).once(
        { ...budget, limitUsd },
        { ...today, fromMs },
        String(share),
        async () => {
          told.push(share)
        },
      ),
    names: () => readdirSync(folder).sort(),
  }
}

test('a share is told once a period, also by another process', async () => {
  const { once, told } = setup()
  await once(0.8)
  await once(0.8)
  await once(1)
  expect(told).toEqual([0.8, 1])
})

test('a budget with another limit is told by itself', async () => {
  const { once, told } = setup()
  await once(0.8)
  await once(0.8, { limitUsd: 10 })
  expect(told).toEqual([0.8, 0.8])
})

test('eight at once tell once', async () => {
  const { once, told } = setup()
  await Promise.all(Array.from({ length: 8 }, () => once(1)))
  expect(told).toEqual([1])
})

test('a new period is told again, and takes the files of the old one away', async () => {
  const { once, told, names } = setup()
  await once(0.8)
  await once(0.8, { fromMs: today.fromMs + 86_400_000 })
  expect(told).toHaveLength(2)
  expect(names()).toHaveLength(1)
})

test.each([
  ['a process that is gone', { ...ownIdentity(), pid: 2 ** 22 + 1 }, [0.8]],
  ['a process that lives', ownIdentity(), []],
])('a claim of %s', async (_name, writer, expected) => {
  const { once, told, folder, names } = setup()
  await once(0.8)
  told.length = 0
  const [name = ''] = names()
  const claim = name.replace('.told', '.claim')
  renameSync(join(folder, name), join(folder, claim))
  writeFileSync(join(folder, claim), JSON.stringify(writer))
  await once(0.8)
  expect(told).toEqual(expected)
})

test('what fails is told by the next process', async () => {
  const workspace = tempFolder()
  const fail = (): Promise<void> => Promise.reject(new Error('no'))
  await expect(new Crossings(workspace).once(budget, today, '1', fail)).rejects.toThrow('no')
  expect(readdirSync(join(workspace, 'logs', 'budgets'))).toEqual([])
  let told = 0
  await new Crossings(workspace).once(budget, today, '1', async () => {
    told += 1
  })
  expect(told).toBe(1)
})
