import {
  appendFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { tempFolder } from '../../test/fixtures/temp-folder.js'
import { AppendFile, type AppendFileOptions } from './append-file.js'
import type { TornTail } from './open-file.js'
import { QueueBudget } from './queue-budget.js'

function fileIn(folder: string, more: Partial<AppendFileOptions> = {}) {
  const path = join(folder, 'deep', 'log.jsonl')
  return { path, file: new AppendFile({ path, sync: false, ...more }) }
}

describe.each([{ sync: false }, { sync: true }])('AppendFile %o', ({ sync }) => {
  test('lines of concurrent calls are in the order of the calls when each resolves', async () => {
    const { path, file } = fileIn(tempFolder(), { sync })
    const lines = Array.from({ length: 5_000 }, (_, i) => `{"i":${i}}\n`)
    await Promise.all(
      lines.map(async (line, i) => {
        await file.append(line)
        if (i % 1_000 === 0) expect(readFileSync(path, 'utf8')).toContain(line)
      }),
    )
    expect(readFileSync(path, 'utf8')).toBe(lines.join(''))
    await file.close()
  })

  test('makes folder and file for the owner only', async () => {
    const { path, file } = fileIn(tempFolder(), { sync })
    await file.append('a\n')
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(statSync(join(path, '..')).mode & 0o777).toBe(0o700)
    await file.close()
  })

  test('after close the next append opens the file again', async () => {
    const { path, file } = fileIn(tempFolder(), { sync })
    await file.append('a\n')
    await file.close()
    await file.append('b\n')
    expect(readFileSync(path, 'utf8')).toBe('a\nb\n')
    await file.close()
  })

  test('a file that is moved or deleted under the descriptor is made again', async () => {
    const folder = tempFolder()
    const { path, file } = fileIn(folder, { sync })
    await file.append('a\n')
    renameSync(path, join(folder, 'moved'))
    await file.append('b\n')
    expect(readFileSync(path, 'utf8')).toBe('b\n')
    rmSync(join(folder, 'deep'), { recursive: true })
    await file.append('c\n')
    expect(readFileSync(path, 'utf8')).toBe('c\n')
    await file.close()
  })

  test('rotates once the file holds maxBytes; no line is split or lost', async () => {
    const folder = tempFolder()
    let closed = 0
    const { path, file } = fileIn(folder, {
      sync,
      rotation: {
        maxBytes: 1_000,
        closedPath: () => join(folder, `closed-${String(closed++).padStart(3, '0')}`),
      },
    })
    const lines = Array.from({ length: 200 }, (_, i) => `${'x'.repeat(50)}${i}\n`)
    for (const line of lines) await file.append(line)
    await file.close()
    const names = readdirSync(folder)
      .filter((name) => name.startsWith('closed'))
      .sort()
    expect(names.length).toBeGreaterThan(5)
    for (const name of names) expect(statSync(join(folder, name)).size).toBeLessThan(1_100)
    const rest = existsSync(path) ? readFileSync(path, 'utf8') : ''
    expect(names.map((name) => readFileSync(join(folder, name), 'utf8')).join('') + rest).toBe(lines.join(''))
  })

  test('a segment is never renamed over another', async () => {
    const folder = tempFolder()
    const taken = join(folder, 'taken')
    writeFileSync(taken, 'precious')
    const { path, file } = fileIn(folder, { sync, rotation: { maxBytes: 1, closedPath: () => taken } })
    await file.append('a\n')
    await file.append('b\n')
    expect(readFileSync(taken, 'utf8')).toBe('precious')
    expect(readFileSync(path, 'utf8')).toBe('a\nb\n')
    await file.close()
  })
})

describe('a torn tail', () => {
  const intact = '{"id":"one"}\n{"id":"two"}\n'
  const last = Buffer.from('{"id":"three","text":"ä€😀"}\n')

  test('is fenced off at every byte of the last record', async () => {
    const folder = tempFolder()
    for (let cut = 0; cut <= last.length; cut++) {
      const path = join(folder, `${cut}.jsonl`)
      writeFileSync(path, Buffer.concat([Buffer.from(intact), last.subarray(0, cut)]))
      const torn: TornTail[] = []
      const file = new AppendFile({ path, sync: false, onTornTail: (tail) => torn.push(tail) })
      await file.append('{"id":"next"}\n')
      await file.close()
      const lines = readFileSync(path).toString('latin1').split('\n')
      expect(lines.slice(0, 2).join('\n')).toBe(intact.trimEnd())
      expect(lines.slice(-2)).toEqual(['{"id":"next"}', ''])
      const isTorn = cut > 0 && cut < last.length
      expect(torn).toEqual(isTorn ? [{ path, from: intact.length, to: intact.length + cut }] : [])
    }
  })

  test('longer than one chunk is found', async () => {
    const path = join(tempFolder(), 'log')
    writeFileSync(path, `a\n${'x'.repeat(200_000)}`)
    const torn: TornTail[] = []
    const file = new AppendFile({ path, sync: false, onTornTail: (tail) => torn.push(tail) })
    await file.append('b\n')
    await file.close()
    expect(torn).toEqual([{ path, from: 2, to: 200_002 }])
    expect(readFileSync(path, 'utf8').endsWith('x\nb\n')).toBe(true)
  })
})

describe('a queue with a bound', () => {
  test.each([
    ['lines', new QueueBudget(2, 1e6), 2],
    ['bytes', new QueueBudget(1e6, 3), 2],
    ['bytes that one line exceeds', new QueueBudget(1e6, 1), 1],
  ])(
    'of %s refuses what does not fit, over all files, and takes lines again when there is room',
    async (_, budget, room) => {
      const folder = tempFolder()
      const files = ['a', 'b'].map(
        (name) => new AppendFile({ path: join(folder, name), sync: false, budget }),
      )
      const results = await Promise.allSettled([0, 1, 2, 3].map((i) => files[i % 2]?.append(`${i}\n`)))
      const refused = results.slice(room)
      expect(results.slice(0, room).every(({ status }) => status === 'fulfilled')).toBe(true)
      for (const result of refused) {
        expect(result).toMatchObject({ status: 'rejected', reason: { code: 'LOG_QUEUE_FULL' } })
      }
      await files[0]?.append('later\n')
      expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('0\nlater\n')
      await Promise.all(files.map((file) => file.close()))
    },
  )
})

test('a line that is refused can be read back by who waits for it', async () => {
  const blocked = join(tempFolder(), 'logs')
  writeFileSync(blocked, 'a file where the folder should be')
  const file = new AppendFile({ path: join(blocked, 'log.jsonl'), sync: false })
  const lines = ['{"a":"ä€😀"}\n', '{"b":1}\n']
  const read = await Promise.all(
    lines.map(
      (line) =>
        new Promise((resolve) => {
          file.add(line, { written: () => resolve('written'), failed: (_, readLine) => resolve(readLine()) })
        }),
    ),
  )
  expect(read).toEqual(lines)
  await file.close()
})

test('rotates between two batches, while lines go on coming', async () => {
  const folder = tempFolder()
  const path = join(folder, 'log')
  let closed = 0
  const closedPath = () => join(folder, `closed-${closed++}`)
  const file = new AppendFile({ path, sync: false, rotation: { maxBytes: 1e9, closedPath } })
  const lines: string[] = []
  for (let round = 0; round < 20; round++) {
    const more = Array.from({ length: 100 }, (_, i) => `${round}.${i}\n`)
    const rotation = file.rotate(() => true)
    await Promise.all(more.map((line) => file.append(line)))
    await rotation
    lines.push(...more)
  }
  await file.close()
  const paths = [...Array.from({ length: closed }, (_, i) => join(folder, `closed-${i}`)), path]
  // All but the first find lines to close.
  expect(closed).toBe(19)
  expect(paths.map((each) => readFileSync(each, 'utf8')).join('')).toBe(lines.join(''))
})

describe('what the file system refuses', () => {
  test.each([
    ['a symbolic link', 'PATH_IS_SYMLINK', (path: string) => symlinkSync('/dev/null', path)],
    ['a folder in its place', 'LOG_WRITE_ERROR', (path: string) => mkdirSync(path)],
  ])('%s is an error with the path', async (_, code, make) => {
    const path = join(tempFolder(), 'log')
    make(path)
    const file = new AppendFile({ path, sync: false })
    await expect(file.append('a\n')).rejects.toMatchObject({ code, path, operation: 'append' })
    await file.close()
  })

  test('each caller of a batch is told, and the next call works when the cause is gone', async () => {
    const folder = tempFolder()
    const blocked = join(folder, 'logs')
    writeFileSync(blocked, 'a file where the folder should be')
    const path = join(blocked, 'log.jsonl')
    const file = new AppendFile({ path, sync: false })
    const results = await Promise.allSettled(['a\n', 'b\n'].map((line) => file.append(line)))
    for (const result of results) {
      expect(result).toMatchObject({ status: 'rejected', reason: { code: 'LOG_WRITE_ERROR', path } })
    }
    rmSync(blocked)
    await file.append('c\n')
    expect(readFileSync(path, 'utf8')).toBe('c\n')
    await file.close()
  })

  test('a hard link to the file does not disturb it', async () => {
    const folder = tempFolder()
    const { path, file } = fileIn(folder)
    await file.append('a\n')
    linkSync(path, join(folder, 'held'))
    appendFileSync(path, '')
    await file.append('b\n')
    expect(readFileSync(join(folder, 'held'), 'utf8')).toBe('a\nb\n')
    await file.close()
  })
})
