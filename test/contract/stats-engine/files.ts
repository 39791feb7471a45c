/** Which files are read: any path, none that is not there, each line that is an entry. */
import { appendFileSync, linkSync, mkdirSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { active, closed, EMPTY_ANSWER, entryLine, type StatsFiles } from '../../stats-files.js'
import type { Subject } from './subject.js'

const ODD_NAMES = ['with space', 'a*[1]', "it's", '{b}', 'ü"$1;--', '~', '[ab]', '%41', '#x&y=1']

function testFolders({ engine, files }: Subject, names: readonly string[]): void {
  test.each(names)('the folder %s is taken as it is', async (name) => {
    files.renew(name)
    files.write(closed(1), entryLine(), 'damaged').write(closed(2, 'gzip'), entryLine())
    files.write(active(), entryLine())
    const answer = await engine.stats(files.stats())
    expect(answer).toMatchObject({ measures: { totalRequests: 3 }, damaged: 1 })
  })
}

export function describeFiles(subject: Subject): void {
  const { create, engine, files } = subject

  test.each<[string, (files: StatsFiles) => void]>([
    ['none', () => {}],
    ['an empty one', (made) => made.write(active())],
    ['a closed one that is empty', (made) => made.write(closed(1)).write(closed(2, 'gzip'))],
    ['one with blank lines only', (made) => made.write(closed(1), '', '  ', '\r').write(active(), '', '\r')],
    ['one that is not there', (made) => made.paths.push(join(made.root, active()))],
    ['a closed one that is not there', (made) => made.paths.push(join(made.root, closed(1)))],
    ['a folder', (made) => made.paths.push(made.root)],
    [
      'a folder with the name of a segment',
      (made) => {
        mkdirSync(join(made.root, closed(1)))
        made.paths.push(join(made.root, closed(1)))
      },
    ],
  ])('%s: the empty answer', async (_, prepare) => {
    prepare(files)
    expect(await engine.stats(files.stats({ groupBy: ['day'] }))).toEqual(EMPTY_ANSWER)
    expect(await engine.logs(files.logs())).toEqual([])
  })

  test.each([active(), closed(2), closed(2, 'gzip'), closed(2, 'summary')])(
    'one that is absent takes nothing from the others: %s',
    async (name) => {
      files.write(closed(1), entryLine())
      files.paths.push(join(files.root, name))
      expect((await engine.stats(files.stats())).measures.totalRequests).toBe(1)
    },
  )

  test.each([...ODD_NAMES, 'a?', ...ODD_NAMES.map((name) => `${name}.jsonl`)])(
    'the file %s is taken as it is',
    async (name) => {
      files.write('a.jsonl', entryLine()).write('b.jsonl', entryLine()).write(name, entryLine(), 'damaged')
      const answer = await engine.stats(
        files.stats({ sources: [{ projectId: 'p', files: files.paths.slice(2) }] }),
      )
      expect(answer.measures.totalRequests).toBe(1)
      expect(answer.damaged).toBe(1)
    },
  )

  testFolders(subject, [...ODD_NAMES, 'a?', '#x?y=1'])

  test('segments of the same name in two projects are two', async () => {
    const [one, two] = ['one', 'two'].map((project) => join(files.root, project, 'logs'))
    const paths = [one, two].flatMap((logs = '') => {
      mkdirSync(logs, { recursive: true })
      files.write(join('.', logs.slice(files.root.length + 1), closed(1)), entryLine({ project_id: logs }))
      return files.paths.slice(-1)
    })
    const sources = paths.map((path) => ({ projectId: path, files: [path] }))
    for (const source of sources)
      expect((await engine.stats(files.stats({ sources: [source] }))).measures.totalRequests).toBe(1)
    const { breakdown } = await engine.stats(files.stats({ sources, groupBy: ['project'] }))
    expect(breakdown.map(({ project, requests }) => [project, requests])).toEqual([
      [one, 1],
      [two, 1],
    ])
  })

  test.each([
    ['intact files', []],
    ['a torn line, so that all is read carefully', ['{"id":']],
  ])('the lines that are entries are counted whatever is asked for, once a file: %s', async (_, damage) => {
    const line = entryLine()
    files.write(closed(1), line, line, '', ...damage).write(active(), entryLine({ chat_id: 'other' }))
    linkSync(join(files.root, closed(1)), join(files.root, active(1)))
    files.paths.push(join(files.root, active(1)))
    const answer = await engine.stats(files.stats({ chatId: 'other' }))
    expect(answer).toMatchObject({ lines: 3, measures: { totalRequests: 1 } })
  })

  test.each([active(), closed(1)])('lines of many megabytes are read: %s', async (name) => {
    files.write(name, entryLine(), entryLine({ params: 'ü'.repeat(12 << 20) }), entryLine())
    expect((await engine.stats(files.stats())).measures.totalRequests).toBe(3)
    expect((await engine.logs(files.logs())).map((line) => line.length > 1e6)).toEqual([false, true, false])
  })

  describe.each([active(), closed(1)])('in %s', (name) => {
    test.each([
      ['arrays', '[', '', ']'],
      ['objects', '{"a":', '1', '}'],
    ])('a line of 200,000 nested %s is read', async (_, open, core, close) => {
      const nested = open.repeat(200_000) + core + close.repeat(200_000)
      const lines = ['params', 'metadata', 'usage'].map((field) =>
        JSON.stringify(entryLine()).replace('}', `,"${field}":${nested}}`),
      )
      files.write(name, ...lines, entryLine())
      expect((await engine.stats(files.stats({ groupBy: ['metadata.a'] }))).measures.totalRequests).toBe(4)
      expect((await engine.stats(files.stats({ groupBy: ['model'] }))).measures.totalRequests).toBe(4)
      expect(await engine.logs(files.logs())).toHaveLength(4)
    })

    test('a line that fits into no buffer is one damaged line, and costs no other', async () => {
      const own = create()
      const [a, b, c] = [entryLine(), entryLine(), entryLine()]
      const path = files.write('a.jsonl', a).write(name, b).paths.at(-1) ?? ''
      truncateSync(path, statSync(path).size + 2 ** 28)
      appendFileSync(path, `\n${JSON.stringify(c)}\n`)
      const expected = new Set([a, b, c].map((entry) => JSON.stringify(entry)))
      for (let times = 0; times < 2; times++) {
        const answer = await own.stats(files.stats())
        expect(answer).toMatchObject({ measures: { totalRequests: 3 }, damaged: 1 })
      }
      expect(new Set(await own.logs(files.logs()))).toEqual(expected)
      await own.close()
    })
  })
}
