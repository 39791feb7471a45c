import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { describe, expect, onTestFinished, test } from 'vitest'
import {
  AT,
  change,
  entryLine,
  type SealedProject,
  STEMS,
  sealedProject,
  sumOf,
  verify,
} from '../../../test/fixtures/sealed-project.js'
import { tempFolder } from '../../../test/fixtures/temp-folder.js'
import { FileSystemError } from '../../errors.js'
import { claimRole } from '../slot.js'
import { PassStopped } from '../upkeep/permit.js'
import { type ProjectRepair, planProject, repairProject } from './repair-project.js'

async function repair({ root, logs }: SealedProject, check = (): void => undefined): Promise<ProjectRepair> {
  const role = claimRole(logs, 'upkeep')
  if (role === undefined) throw new Error('somebody is at it')
  try {
    return await repairProject(root, { key: undefined, check, goOn, onFailure: rethrow })
  } finally {
    role.release()
  }
}

const goOn = (): void => undefined

function rethrow(error: unknown): never {
  throw error
}

function codeOf(error: unknown): object {
  return error instanceof FileSystemError ? { code: error.code, operation: error.operation } : { error }
}

/** The closed segment that an active file became. */
function closedOf({ logs }: SealedProject): string {
  const name = readdirSync(logs).find((each) => each.startsWith('llm_requests.0-00000004-'))
  return join(logs, name ?? 'none')
}

const X = entryLine('x')

describe('a repair', () => {
  test('of an intact project changes nothing', async () => {
    const project = sealedProject()
    const before = readdirSync(project.logs)
    expect(await planProject(project.root, { key: undefined, goOn, onFailure: rethrow })).toEqual({
      files: [],
      busy: [],
    })
    expect(await repair(project)).toEqual({ files: [], busy: [] })
    expect(readdirSync(project.logs)).toEqual(before)
  })

  test.each<[string, string | Buffer, { damaged: number; salvaged: number; intact: number }, string]>([
    [
      'NULs before an entry',
      Buffer.concat([Buffer.alloc(99), Buffer.from(X)]),
      { damaged: 1, salvaged: 1, intact: 2 },
      X,
    ],
    ['a torn tail', `{"id":"t`, { damaged: 1, salvaged: 0, intact: 2 }, ''],
    ['a torn line that was fenced off', `{"id":"t\n${X}`, { damaged: 1, salvaged: 0, intact: 3 }, X],
    ['an entry glued to a torn one', `{"id":"t","text":"ä${X}`, { damaged: 1, salvaged: 1, intact: 2 }, X],
    ['two entries in one line', X.trim() + X, { damaged: 1, salvaged: 2, intact: 2 }, X + X],
    ['garbage', `%&$\n\n${X}`, { damaged: 1, salvaged: 0, intact: 3 }, X],
    ['an object that is no entry', `{"id":"t"}\n`, { damaged: 1, salvaged: 0, intact: 2 }, ''],
    [
      'an object in the metadata of a torn line',
      `{"id":"t","metadata":${X}`,
      { damaged: 1, salvaged: 0, intact: 2 },
      '',
    ],
  ])('of %s keeps what is intact and what can be salvaged', async (_, damage, counts, left) => {
    const project = sealedProject()
    const intact = readFileSync(project.active, 'utf8')
    appendFileSync(project.active, damage)
    const damagedFile = readFileSync(project.active)
    expect(await planProject(project.root, { key: undefined, goOn, onFailure: rethrow })).toEqual({
      files: [{ path: project.active, ...counts, original: null }],
      busy: [],
    })
    expect(readFileSync(project.active)).toEqual(damagedFile)

    const { files, busy } = await repair(project)
    const path = closedOf(project)
    const original = join(project.logs, 'damaged', `${path.slice(path.lastIndexOf('/') + 1)}.1`)
    expect({ files, busy }).toEqual({ files: [{ path, ...counts, original }], busy: [] })
    expect(readFileSync(original)).toEqual(damagedFile)
    expect(readFileSync(path, 'utf8')).toBe(intact + left)
    expect(existsSync(project.active)).toBe(false)
    const report = await verify(project)
    expect(report).toMatchObject({ ok: true, damaged: 0 })
    expect(report.seals[0]).toMatchObject({ records: 4, repaired: 1 })
  })

  test('of a cut gzip segment keeps its readable front', async () => {
    const project = sealedProject()
    const [path] = project.segments
    const lines = Array.from({ length: 200 }, (_, index) => entryLine(`g-${index}`, { at: Math.sin(index) }))
    const whole = gzipSync(lines.join(''))
    const cut = whole.subarray(0, whole.length / 2)
    writeFileSync(path, cut)
    const { files } = await repair(project)
    expect(files).toMatchObject([{ path, salvaged: 0 }])
    expect(readFileSync(files[0]?.original ?? '')).toEqual(cut)
    const left = gunzipSync(readFileSync(path)).toString()
    expect(left.split('\n').length).toBeGreaterThan(50)
    expect(lines.join('').startsWith(left)).toBe(true)
    expect(await verify(project)).toMatchObject({ ok: true })
  })

  test('of a gzip segment with a wrong checksum keeps all of it', async () => {
    const project = sealedProject()
    const [path] = project.segments
    const before = gunzipSync(readFileSync(path))
    change(path, (bytes) => Buffer.concat([bytes.subarray(0, -8), Buffer.alloc(8)]))
    await repair(project)
    expect(gunzipSync(readFileSync(path))).toEqual(before)
    expect(await verify(project)).toMatchObject({ ok: true })
  })

  test('of a raw segment whose gzip form is whole leaves that', async () => {
    const project = sealedProject()
    const [, path] = project.segments
    const content = readFileSync(path)
    writeFileSync(`${path}.gz`, gzipSync(content))
    change(path, (bytes) => bytes.fill(0, 10, 150))
    const { files } = await repair(project)
    expect(files).toMatchObject([{ path, original: join(project.logs, 'damaged', `${STEMS[1]}.jsonl.1`) }])
    expect(existsSync(path)).toBe(false)
    expect(gunzipSync(readFileSync(`${path}.gz`))).toEqual(content)
    const report = await verify(project)
    expect(report).toMatchObject({ ok: true, requests: { lines: 11 } })
    expect(report.seals[0]).toMatchObject({ records: 3, repaired: 0 })
  })

  test('of a summary that is cut keeps its readable front', async () => {
    const project = sealedProject()
    const [first] = project.segments
    const summary = ['a', 'b', 'c'].map((id) => entryLine(id, { summarized: true })).join('')
    const sums = { ...sumOf(gunzipSync(readFileSync(first))), entries: 3, damaged: 0 }
    const sealed = sumOf(summary).sha256
    project.seal({ type: 'delete', segment: STEMS[0] ?? '', at: AT, ...sums, reason: 'age', summary: sealed })
    rmSync(first)
    const path = join(project.logs, `${STEMS[0]}.summary.jsonl.gz`)
    const whole = gzipSync(summary)
    writeFileSync(path, whole.subarray(0, -8))
    expect(await repair(project)).toMatchObject({ files: [{ path, intact: 3 }] })
    expect(await verify(project)).toMatchObject({ ok: true, requests: { lines: 11 } })
  })

  test('of messages leaves the file where it is', async () => {
    const project = sealedProject()
    const intact = readFileSync(project.messages, 'utf8')
    const message = '{"id":"m2","role":"user","content":"{\\"id\\":\\"m3\\"}"}'
    appendFileSync(project.messages, `{"id":"m4","content":"x${message}\n`)
    const { files } = await repair(project)
    expect(files).toMatchObject([{ path: project.messages, salvaged: 1 }])
    expect(readFileSync(project.messages, 'utf8')).toBe(`${intact}${message}\n`)
  })

  test('leaves the files of a living writer as they are, and names those that are damaged', async () => {
    const project = sealedProject()
    const slot = claimRole(project.logs, '0')
    onTestFinished(() => slot?.release())
    appendFileSync(project.active, `garbage\n`)
    // In flight.
    appendFileSync(project.messages, '{"id":"m')
    const busy = { files: [], busy: [project.active] }
    expect(await planProject(project.root, { key: undefined, goOn, onFailure: rethrow })).toEqual(busy)
    expect(await repair(project)).toEqual(busy)
    expect(readFileSync(project.active, 'utf8')).toMatch(/garbage\n$/)
  })

  test('is repeated with another number', async () => {
    const project = sealedProject()
    const [, path] = project.segments
    for (const number of [1, 2]) {
      appendFileSync(path, 'garbage\n')
      const { files } = await repair(project)
      expect(files[0]?.original).toBe(join(project.logs, 'damaged', `${STEMS[1]}.jsonl.${number}`))
    }
    expect(await verify(project)).toMatchObject({ ok: true })
  })

  test('that cannot be done for one file is done for the others', async () => {
    const project = sealedProject()
    const [, second, third] = project.segments
    appendFileSync(second, 'garbage\n')
    appendFileSync(third, 'garbage\n')
    let checks = 0
    const failures: string[] = []
    const { files } = await repairProject(project.root, {
      key: undefined,
      goOn,
      check() {
        if (++checks === 1) throw new Error('the disk is full')
      },
      onFailure: (_, path) => failures.push(path),
    })
    expect({ failures, repaired: files.map(({ path }) => path) }).toEqual({
      failures: [second],
      repaired: [third],
    })
  })

  test('ends while it reads when it is to stop, and tells what it did until then', async () => {
    const project = sealedProject()
    const damaged = [...project.segments.slice(1), project.messages]
    for (const path of damaged) appendFileSync(path, 'garbage\n')
    const onFailure = rethrow
    for (const repairAll of [
      (stop: () => void, found: ProjectRepair) =>
        planProject(project.root, { key: undefined, goOn: stop, onFailure }, found),
      (stop: () => void, found: ProjectRepair) =>
        repairProject(project.root, { key: undefined, check: () => undefined, goOn: stop, onFailure }, found),
    ]) {
      const found: ProjectRepair = { files: [], busy: [] }
      const stop = (): void => {
        if (found.files.length > 0) throw new PassStopped('closed')
      }
      await expect(repairAll(stop, found)).rejects.toThrow(PassStopped)
      expect(found.files.map(({ path }) => path)).toEqual(damaged.slice(0, 1))
    }
    const { files } = await repair(project)
    expect(files.map(({ path }) => path)).toEqual(damaged.slice(1))
  })

  test('ends inside a file of which nothing can be kept', async () => {
    const project = sealedProject()
    const [damaged = ''] = project.segments
    writeFileSync(damaged, 'garbage\n'.repeat(200_000))
    let chunks = 0
    const stop = (): void => {
      if (++chunks === 3) throw new PassStopped('closed')
    }
    const found: ProjectRepair = { files: [], busy: [] }
    await expect(
      planProject(project.root, { key: undefined, goOn: stop, onFailure: rethrow }, found),
    ).rejects.toThrow(PassStopped)
    expect(chunks).toBe(3)
  })

  test.each<[string, string]>([
    ['the folder of all messages', 'chats'],
    ['the folder of the slots', 'chats/.slots'],
    ['the folder of a slot', 'chats/.slots/1'],
    ['the folder of the closed chats', 'chats/.closed'],
    ['the folder of a closed chat', 'chats/.closed/evil'],
  ])('follows no link: %s', async (_, link) => {
    const project = sealedProject()
    const outside = tempFolder()
    const names = [
      'evil.jsonl',
      '1/evil.jsonl',
      'evil/0-00000001-20260101T000000000Z.jsonl',
      '.slots/1/evil.jsonl',
    ]
    for (const name of names) {
      mkdirSync(dirname(join(outside, name)), { recursive: true })
      writeFileSync(join(outside, name), 'garbage\n')
    }
    const path = join(project.root, link)
    mkdirSync(dirname(path), { recursive: true })
    rmSync(path, { recursive: true, force: true })
    symlinkSync(outside, path)

    const failures: object[] = []
    const options = {
      key: undefined,
      goOn,
      check: () => undefined,
      onFailure: (error: unknown, at: string) => failures.push({ ...codeOf(error), at }),
    }
    expect(await planProject(project.root, options)).toEqual({ files: [], busy: [] })
    expect(await repairProject(project.root, options)).toEqual({ files: [], busy: [] })
    const refused = { code: 'PATH_IS_SYMLINK', operation: 'repair', at: path }
    expect(failures).toEqual([refused, refused])
    for (const name of names) expect(readFileSync(join(outside, name), 'utf8')).toBe('garbage\n')
    expect(existsSync(join(project.logs, 'damaged'))).toBe(false)
    const { damage } = await verify(project)
    expect(damage).toMatchObject([{ path, kind: 'refused' }])
  })

  test('keeps no original behind a link', async () => {
    const project = sealedProject()
    const outside = tempFolder()
    symlinkSync(outside, join(project.logs, 'damaged'))
    const damaged = [project.segments[1], project.messages]
    for (const path of damaged) appendFileSync(path, 'garbage\n')
    const before = damaged.map((path) => readFileSync(path))
    const failures: unknown[] = []
    const { files } = await repairProject(project.root, {
      key: undefined,
      goOn,
      check: () => undefined,
      onFailure: (error, at) => failures.push({ ...codeOf(error), at }),
    })
    const refused = { code: 'PATH_IS_SYMLINK', operation: 'repair' }
    expect({ files, failures }).toEqual({ files: [], failures: damaged.map((at) => ({ ...refused, at })) })
    expect(readdirSync(outside)).toEqual([])
    expect(damaged.map((path) => readFileSync(path))).toEqual(before)
  })

  test('publishes nothing when the folder became a link meanwhile', async () => {
    for (let step = 1; step <= 3; step++) {
      const project = sealedProject()
      const folder = dirname(project.messages)
      const outside = join(tempFolder(), 'chats')
      appendFileSync(project.messages, 'garbage\n')
      const before = readFileSync(project.messages)
      let checks = 0
      const failures: unknown[] = []
      await repairProject(project.root, {
        key: undefined,
        goOn,
        check() {
          if (++checks !== step) return
          renameSync(folder, outside)
          symlinkSync(outside, folder)
        },
        onFailure: (error) => failures.push(codeOf(error)),
      })
      expect(failures).toEqual([{ code: 'PATH_IS_SYMLINK', operation: 'repair' }])
      expect(readFileSync(join(outside, 'chat-1.jsonl'))).toEqual(before)
    }
  })

  test('that is cut off between any two steps loses nothing, and the next one finishes it', async () => {
    for (let steps = 1; ; steps++) {
      const project = sealedProject()
      const [first, second] = project.segments
      change(first, (bytes) => bytes.subarray(0, -4))
      appendFileSync(second, `{"id":"t","text":"${X}`)
      appendFileSync(project.active, `{"id":"t`)
      appendFileSync(project.messages, `{"id":"t`)
      const before = [second, project.active, project.messages].map((path) => readFileSync(path, 'utf8'))
      let left = steps
      const cutOff = await repair(project, () => {
        if (--left < 0) throw new PassStopped('cut off')
      }).then(
        () => false,
        (error: unknown) => {
          if (error instanceof PassStopped) return true
          throw error
        },
      )
      if (!cutOff) {
        expect(steps).toBeGreaterThan(12)
        return
      }
      // Every line is in a file of the project, or in the one that was kept.
      const report = await verify(project)
      expect(report.requests.lines).toBeGreaterThanOrEqual(11)
      await repair(project)
      const after = await verify(project)
      expect(after).toMatchObject({ ok: true, requests: { lines: 12, ids: 12, resent: 0 } })
      const kept = readdirSync(join(project.logs, 'damaged')).map((name) =>
        readFileSync(join(project.logs, 'damaged', name), 'utf8'),
      )
      expect(kept).toHaveLength(4)
      for (const content of before) expect(kept).toContain(content)
      expect(readdirSync(join(project.logs, '.slots')).filter((name) => name.startsWith('draft'))).toEqual([])
    }
  })
})
