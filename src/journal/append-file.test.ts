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
