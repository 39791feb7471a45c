import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { tempFolder } from '../../test/fixtures/temp-folder.js'
import { livenessOf, ownIdentity } from './process-identity.js'
import { readerFolder } from './reader-folder.js'
import { claimRole, claimSlot, SLOTS_DIR } from './slot.js'

const own = ownIdentity()
const [boot = '', namespace = '', tick = ''] = own.started.split(' ')
const dead = { ...own, started: `${boot} ${namespace} ${Number(tick) + 1}` }

function claimOf(folder: string, name: string, owner: object): string {
  const path = join(folder, SLOTS_DIR, name)
  claimSlot(folder).release()
  writeFileSync(path, JSON.stringify(owner))
  return path
}

describe('livenessOf', () => {
  test.each([
    ['this process', own, 'alive'],
    ['the same pid, started later', dead, 'gone'],
    ['a process before the last boot', { ...own, started: `other ${namespace} ${tick}` }, 'rebooted'],
    ['a pid of another container', { ...own, started: `${boot} other ${tick}` }, 'unknown'],
    ['another host', { ...own, host: 'elsewhere' }, 'unknown'],
  ])('%s is %s', (_, writer, expected) => {
    expect(livenessOf(writer)).toBe(expected)
  })
})

describe('claimSlot', () => {
  test('gives the lowest slots that nobody holds, also within one process', () => {
    const folder = tempFolder()
    const slots = [claimSlot(folder), claimSlot(folder), claimSlot(folder)]
    expect(slots.map(({ number }) => number)).toEqual([0, 1, 2])
    slots[1]?.release()
    expect(claimSlot(folder).number).toBe(1)
    expect(claimSlot(folder).number).toBe(3)
  })

  test('takes over from a process that is gone, and leaves one claim', () => {
    const folder = tempFolder()
    claimOf(folder, '0.1', dead)
    expect(claimSlot(folder).number).toBe(0)
    expect(readdirSync(join(folder, SLOTS_DIR))).toEqual(['0.2'])
    expect(JSON.parse(readFileSync(join(folder, SLOTS_DIR, '0.2'), 'utf8'))).toMatchObject(own)
  })

  test('removes all lower claims: one that died in the middle of it left two', () => {
    const folder = tempFolder()
    claimOf(folder, '0.1', dead)
    writeFileSync(join(folder, SLOTS_DIR, '0.2'), JSON.stringify(dead))
    expect(claimSlot(folder).number).toBe(0)
    expect(readdirSync(join(folder, SLOTS_DIR))).toEqual(['0.3'])
  })

  test.each([
    ['another host', { ...own, host: 'elsewhere' }],
    ['another container', { ...own, started: `${boot} other ${tick}` }],
    ['a host of the same name', { ...own, started: `other ${namespace} ${tick}` }],
  ])('a claim of %s is respected while it is renewed, and taken when it is not', (_, owner) => {
    const folder = tempFolder()
    const claim = claimOf(folder, '0.1', owner)
    expect(claimSlot(folder).number).toBe(1)
    const longAgo = new Date(Date.now() - 120_000)
    utimesSync(claim, longAgo, longAgo)
    expect(claimSlot(folder).number).toBe(0)
  })

  test('a slot that was taken while its owner was suspended is no longer held', () => {
    const folder = tempFolder()
    vi.useFakeTimers()
    onTestFinished(() => {
      vi.useRealTimers()
    })
    const slot = claimSlot(folder)
    expect(slot.isHeld()).toBe(true)
    // As the process that took it over does.
    writeFileSync(join(folder, SLOTS_DIR, '0.2'), JSON.stringify(own))
    rmSync(join(folder, SLOTS_DIR, '0.1'))
    vi.advanceTimersByTime(60_000)
    expect(slot.isHeld()).toBe(false)
    expect(claimSlot(folder).number).toBe(1)
  })

  test.each([
    ['empty', ''],
    ['garbage', '{"host":1}'],
  ])('a claim that is %s is free', (_, text) => {
    const folder = tempFolder()
    writeFileSync(claimOf(folder, '0.1', dead), text)
    expect(claimSlot(folder).number).toBe(0)
  })

  test.each([
    ['of a process that is gone', dead, false],
    ['of one that lives', own, true],
    ['of another host', { ...dead, host: 'elsewhere' }, true],
    ['of another container', { ...dead, started: `${boot} other ${tick}` }, true],
    ['of a host of the same name', { ...dead, started: `other ${namespace} ${tick}` }, true],
  ])('the links of a reader %s', (_, reader, isKept) => {
    const folder = tempFolder()
    const held = join(folder, SLOTS_DIR, readerFolder(reader))
    mkdirSync(held, { recursive: true })
    writeFileSync(join(held, 'link.jsonl'), 'x')
    claimRole(folder, 'upkeep')?.release()
    expect(existsSync(held)).toBe(isKept)
  })

  test('what dead processes left is removed after an hour', () => {
    const folder = tempFolder()
    const [old, young] = ['draft-a', 'draft-b'].map((name) => claimOf(folder, name, {}))
    const longAgo = new Date(Date.now() - 7_200_000)
    utimesSync(old ?? '', longAgo, longAgo)
    claimSlot(folder)
    expect([existsSync(old ?? ''), existsSync(young ?? '')]).toEqual([false, true])
  })
})

describe('claimRole', () => {
  test('gives a role to one at a time, and beside the slots', () => {
    const folder = tempFolder()
    const role = claimRole(folder, 'upkeep')
    expect(role?.isHeld()).toBe(true)
    expect(claimRole(folder, 'upkeep')).toBeUndefined()
    expect(claimSlot(folder).number).toBe(0)
    role?.release()
    expect(claimRole(folder, 'upkeep')?.isHeld()).toBe(true)
    expect(readdirSync(join(folder, SLOTS_DIR)).sort()).toEqual(['0.1', 'upkeep.2'])
  })

  test('takes over from a process that is gone', () => {
    const folder = tempFolder()
    claimOf(folder, 'upkeep.7', dead)
    expect(claimRole(folder, 'upkeep')).toBeDefined()
    expect(readdirSync(join(folder, SLOTS_DIR))).toContain('upkeep.8')
  })

  test('a free slot can be taken by its number', () => {
    const folder = tempFolder()
    const slot = claimSlot(folder)
    expect(claimRole(folder, '0')).toBeUndefined()
    slot.release()
    expect(claimRole(folder, '0')?.isHeld()).toBe(true)
  })
})

test('leftovers are told by the clock of the disk, not by that of the host', () => {
  const folder = tempFolder()
  const young = claimOf(folder, 'draft-a', {})
  vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 86_400_000)
  onTestFinished(() => {
    vi.restoreAllMocks()
  })
  claimSlot(folder)
  expect(existsSync(young)).toBe(true)
})
