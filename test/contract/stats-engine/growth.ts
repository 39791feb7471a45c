/** Files between two questions: appended to, closed, compressed, retired, repaired, cut; the index beside them. */
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { StatsAnswer } from '../../../src/stats/stats-engine.js'
import { near } from '../../stats-equal.js'
import { active, closed, entryLine } from '../../stats-files.js'
import { foldStats } from '../../stats-fold.js'
import type { Subject } from './subject.js'

export function describeGrowth({ engine, files }: Subject): void {
  /** The answer about the files of these names, which is the fold's. */
  async function answerOf(...names: readonly string[]): Promise<StatsAnswer> {
    const sources = [{ projectId: 'p', files: names.map((name) => join(files.root, name)) }]
    const question = files.stats({ sources, groupBy: ['day', 'model'] })
    const [answer, expected] = [await engine.stats(question), foldStats(question)]
    expect(near(answer, expected)).toEqual(expected)
    return answer
  }
  const path = (name: string): string => join(files.root, name)
  const text = (fields: object = {}): string => `${JSON.stringify(entryLine(fields))}\n`

  test('a line that is being written is no entry yet, and one without newline is', async () => {
    files.write(active(), entryLine())
    const line = JSON.stringify(entryLine())
    appendFileSync(path(active()), line.slice(0, 40))
    expect((await answerOf(active())).measures.totalRequests).toBe(1)
    appendFileSync(path(active()), line.slice(40))
    expect((await answerOf(active())).measures.totalRequests).toBe(2)
    appendFileSync(path(active()), '\n')
    expect((await answerOf(active())).measures.totalRequests).toBe(2)
    appendFileSync(path(active()), text())
    expect((await answerOf(active())).measures.totalRequests).toBe(3)
  })

  test('a line may arrive in pieces, cut inside a character', async () => {
    files.write(active(), entryLine())
    const bytes = Buffer.from(text({ model: 'ü€\u{1f600}', tags: ['\u{1f600}'] }))
    for (let at = 0; at < bytes.length; at += 7) {
      appendFileSync(path(active()), bytes.subarray(at, at + 7))
      await answerOf(active())
    }
    expect((await answerOf(active())).models).toHaveProperty('ü€\u{1f600}')
  })

  test('a torn line is fenced off and becomes damage', async () => {
    files.write(active(), entryLine())
    appendFileSync(path(active()), '{"id":"torn","status":"success"')
    await answerOf(active())
    appendFileSync(path(active()), `\n${text()}`)
    expect(await answerOf(active())).toMatchObject({ lines: 2, damaged: 1 })
  })

  test('the end of a request may stand in a later file than its start', async () => {
    const start = { ...entryLine({ status: 'pending', model: 'a' }), id: 'r' }
    files.write(closed(1), start).write(active())
    expect((await answerOf(closed(1), active())).measures).toMatchObject({
      totalRequests: 0,
      pendingRequests: 1,
    })
    appendFileSync(path(active()), `${JSON.stringify({ ...start, status: 'error', model: 'b' })}\n`)
    expect((await answerOf(closed(1), active())).measures).toMatchObject({
      totalRequests: 1,
      pendingRequests: 0,
    })
    // Without the later file the request goes on.
    expect((await answerOf(closed(1))).measures).toMatchObject({ totalRequests: 0, pendingRequests: 1 })
  })

  test('the life of a segment: active, closed, compressed, a summary', async () => {
    const [a, b] = [text({ tags: ['x'] }), text({ model: 'n' })]
    writeFileSync(path(active()), a)
    expect((await answerOf(active())).lines).toBe(1)
    renameSync(path(active()), path(closed(1)))
    expect((await answerOf(closed(1))).lines).toBe(1)
    writeFileSync(path(active()), b)
    expect((await answerOf(closed(1), active())).lines).toBe(2)
    files.write(closed(1, 'gzip'), a.trim())
    rmSync(path(closed(1)))
    expect((await answerOf(closed(1, 'gzip'), active())).lines).toBe(2)
    files.write(closed(1, 'summary'), a.trim())
    rmSync(path(closed(1, 'gzip')))
    const last = await answerOf(closed(1, 'summary'), active())
    expect(last).toMatchObject({ lines: 2, measures: { totalRequests: 2, summarizedRequests: 1 } })
  })

  describe.each([active(), closed(1), closed(1, 'gzip'), closed(1, 'summary')])('%s', (name) => {
    test('that was repaired is another file of the name', async () => {
      files.write(name, entryLine(), 'damaged', entryLine())
      expect((await answerOf(name)).damaged).toBe(1)
      files.write(name, entryLine({ model: 'saved' }), entryLine())
      expect(await answerOf(name)).toMatchObject({ lines: 2, damaged: 0 })
    })

    test('that came back as it was', async () => {
      files.write(name, entryLine())
      await answerOf(name)
      renameSync(path(name), path('.moved'))
      expect((await answerOf(name)).lines).toBe(0)
      renameSync(path('.moved'), path(name))
      expect((await answerOf(name)).lines).toBe(1)
    })
  })

  test.each([active(), closed(1)])('%s that was cut short, and grew again', async (name) => {
    const [a, b] = [text(), text({ model: 'n', tags: ['long', 'enough'] })]
    writeFileSync(path(name), a + text({ model: 'gone' }))
    await answerOf(name)
    truncateSync(path(name), a.length)
    expect((await answerOf(name)).lines).toBe(1)
    truncateSync(path(name), 0)
    expect((await answerOf(name)).lines).toBe(0)
    writeFileSync(path(name), b + a + b)
    expect((await answerOf(name)).lines).toBe(3)
  })

  describe('what an engine keeps in .index', () => {
    const names = [closed(1), closed(2, 'gzip'), closed(3, 'summary'), active()]
    const kept = (): string[] => {
      const index = path('.index')
      const isThere = statSync(index, { throwIfNoEntry: false }) !== undefined
      const found = isThere ? readdirSync(index, { recursive: true, encoding: 'utf8' }) : []
      return found.map((each) => join(index, each)).filter((each) => statSync(each).isFile())
    }

    test.each<[string, () => void]>([
      ['deleted', () => rmSync(path('.index'), { recursive: true, force: true })],
      ['emptied', () => kept().forEach((each) => void truncateSync(each, 0))],
      ['cut', () => kept().forEach((each) => void truncateSync(each, Math.floor(statSync(each).size / 2)))],
      ['garbled', () => kept().forEach((each) => void writeFileSync(each, 'x'.repeat(statSync(each).size)))],
      [
        'exchanged',
        () => kept().forEach((each, at, all) => void renameSync(each, all[(at + 1) % all.length] ?? each)),
      ],
      [
        'a file in place of the folder',
        () => {
          rmSync(path('.index'), { recursive: true, force: true })
          writeFileSync(path('.index'), 'no folder')
        },
      ],
      [
        'full of strange files',
        () => {
          mkdirSync(path('.index'), { recursive: true })
          for (const name of names) writeFileSync(join(path('.index'), name), 'strange')
        },
      ],
    ])('may be %s', async (_, harm) => {
      for (const name of names)
        files.write(name, entryLine({ model: name, timings: { latency_ms: 7 } }), 'damaged')
      const before = await answerOf(...names)
      harm()
      expect(await answerOf(...names)).toEqual(before)
      harm()
      appendFileSync(path(active()), text())
      expect((await answerOf(...names)).lines).toBe(5)
    })
  })
}
