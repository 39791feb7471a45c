/** Many questions at once, and the end. */
import { expect, test } from 'vitest'
import { active, closed, entryLine } from '../../stats-files.js'
import type { Subject } from './subject.js'

export function describeLife({ create, files }: Subject): void {
  test('answers many questions at once', async () => {
    files.write(closed(1), entryLine()).write(active(), entryLine())
    const own = create()
    const answers = await Promise.all(Array.from({ length: 12 }, () => own.stats(files.stats())))
    expect(answers.map(({ measures }) => measures.totalRequests)).toEqual(Array(12).fill(2))
    await own.close()
  })

  test('two engines answer from the same files at once', async () => {
    files.write(closed(1), entryLine()).write(closed(2, 'gzip'), entryLine()).write(active(), entryLine())
    const engines = [create(), create(), create()]
    const answers = await Promise.all(engines.map((each) => each.stats(files.stats({ groupBy: ['day'] }))))
    expect(answers.map(({ measures }) => measures.totalRequests)).toEqual([3, 3, 3])
    await Promise.all(engines.map((each) => each.close()))
  })

  test('after close it refuses; closing twice, or before any question, is fine', async () => {
    const own = create()
    await own.close()
    await own.close()
    await expect(own.stats(files.stats())).rejects.toMatchObject({ code: 'LEDGER_CLOSED' })
    await expect(own.logs(files.logs())).rejects.toMatchObject({ code: 'LEDGER_CLOSED' })
  })

  test('close waits for the questions under way', async () => {
    const own = create()
    files.write(closed(1), entryLine())
    const asked = [1, 2, 3, 4].map(() => own.stats(files.stats()))
    await own.close()
    expect((await Promise.all(asked)).map(({ measures }) => measures.totalRequests)).toEqual([1, 1, 1, 1])
  })
}
