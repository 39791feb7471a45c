import { generateKeyPairSync } from 'node:crypto'
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
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
import { ROLES } from '../../chat-log/message.js'
import { type SealKey, signingKey } from '../seals/keys.js'
import { claimRole } from '../slot.js'
import { summarizeLine } from '../upkeep/summarize-line.js'
import { MESSAGE_ROLES } from './record-of.js'
import { Findings } from './report.js'
import { verifyProject } from './verify-project.js'

const PAIR = generateKeyPairSync('ed25519')
const PUBLIC = PAIR.publicKey.export({ type: 'spki', format: 'pem' }).toString()
const keyOf = ({ privateKey }: typeof PAIR): SealKey =>
  signingKey(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), 'test')
const KEY = keyOf(PAIR)
const OTHER_KEY = keyOf(generateKeyPairSync('ed25519'))

/** What is wrong, in short: kinds with the names of files, and seals with the number of the segment. */
async function faults(project: SealedProject, publicKey?: string): Promise<string[]> {
  const report = await verify(project, publicKey)
  const found = [
    ...report.damage.map(({ kind, path }) => `${kind} ${nameOf(path)}`),
    ...report.doubled.map(({ id }) => `doubled ${id}`),
    ...report.sealFaults.map(
      ({ kind, segment }) => `seal ${kind}${segment === null ? '' : ` ${STEMS.indexOf(segment)}`}`,
    ),
  ]
  expect(report.ok).toBe(found.length === 0)
  return found
}

function nameOf(path: string): string {
  const stem = STEMS.findIndex((each) => path.includes(each))
  if (stem >= 0) return String(stem)
  return path.slice(path.lastIndexOf('/') + 1)
}

const linesOf = (bytes: Buffer): string[] => bytes.toString().split(/(?<=\n)/)

describe('a whole project', () => {
  test('is counted', async () => {
    const report = await verify(sealedProject())
    expect(report).toMatchObject({
      ok: true,
      files: 7,
      lines: 14,
      requests: { lines: 11, ids: 11, resent: 0, doubled: 0 },
      damaged: 0,
      inFlight: [],
      sealFaults: [],
    })
    expect(report.seals[0]).toMatchObject({
      journal: 'llm_requests',
      records: 3,
      sealed: 3,
      unsealed: 0,
      signed: 0,
    })
    expect(report.seals[0]?.head).toMatchObject({ seq: 3 })
    expect(report.seals.map(({ records }) => records)).toEqual([3, 0, 0])
  })

  test.each<[string, (project: SealedProject) => void]>([
    [
      'a segment closed and not sealed yet',
      ({ logs, active }) =>
        renameSync(active, join(logs, 'llm_requests.0-00000004-20260201T000000000Z.jsonl')),
    ],
    [
      'a segment in both forms while it is compressed',
      ({ segments: [, second] }) =>
        writeFileSync(`${second}.gz`, gzipSync(readFileSync(second)).subarray(0, 20)),
    ],
    ['an entry and its resend', ({ active }) => appendFileSync(active, entryLine('id-a-1'))],
    [
      'a pending line before the final one',
      ({ active }) => change(active, (bytes) => entryLine('id-a-1', { status: 'pending' }) + bytes),
    ],
    ['a last line without its newline', ({ active }) => change(active, (bytes) => bytes.subarray(0, -1))],
    ['blank lines', ({ active }) => appendFileSync(active, '\n\r\n  \n')],
    ['no files at all', ({ root }) => rmSync(root, { recursive: true })],
  ])('is whole with %s', async (_, arrange) => {
    const project = sealedProject()
    arrange(project)
    expect(await faults(project)).toEqual([])
  })
})

describe('damage', () => {
  test.each<[string, (project: SealedProject) => void, string[]]>([
    [
      'a torn line that was fenced off',
      ({ active }) => appendFileSync(active, `{"id":"x","te\n`),
      ['torn llm_requests.jsonl'],
    ],
    [
      'a tail whose writer is gone',
      ({ active }) => appendFileSync(active, `{"id":"x","te`),
      ['torn llm_requests.jsonl'],
    ],
    [
      'a tail cut in a character',
      ({ active }) => appendFileSync(active, Buffer.from('{"id":"€').subarray(0, -1)),
      ['bad-utf8 llm_requests.jsonl'],
    ],
    [
      'NULs at the end',
      ({ active }) => appendFileSync(active, Buffer.alloc(100)),
      ['nul llm_requests.jsonl'],
    ],
    [
      'NULs before an entry',
      ({ active }) => appendFileSync(active, Buffer.concat([Buffer.alloc(100), Buffer.from(entryLine('x'))])),
      ['nul llm_requests.jsonl'],
    ],
    ['garbage', ({ active }) => appendFileSync(active, '%$&/\n'), ['not-json llm_requests.jsonl']],
    [
      'half a character',
      ({ active }) => change(active, (bytes) => Buffer.concat([bytes, Buffer.from([0xe2, 0x82, 0x0a])])),
      ['bad-utf8 llm_requests.jsonl'],
    ],
    [
      'two lines in one',
      ({ active }) => change(active, (bytes) => bytes.toString().replace('\n', '')),
      ['glued llm_requests.jsonl'],
    ],
    [
      'an entry behind a torn one',
      ({ active }) => appendFileSync(active, `{"id":"x","te${entryLine('y')}`),
      ['glued llm_requests.jsonl'],
    ],
    [
      'JSON that is no entry',
      ({ active }) => appendFileSync(active, '{"id":"x"}\n[1]\n7\n'),
      Array(3).fill('not-an-entry llm_requests.jsonl'),
    ],
    [
      'a line that is too long',
      ({ active }) => appendFileSync(active, `${'x'.repeat(26e6)}\n`),
      ['too-long llm_requests.jsonl'],
    ],
    [
      'a second end that calls itself a summary',
      ({ active }) => appendFileSync(active, entryLine('id-1-2', { status: 'error', summarized: true })),
      ['doubled id-1-2'],
    ],
    [
      'a message of nobody',
      ({ messages }) => appendFileSync(messages, '{"id":"m","role":"nobody","content":""}\n'),
      ['not-an-entry chat-1.jsonl'],
    ],
    [
      'a chain that is a symbolic link',
      ({ chain }) => {
        renameSync(chain, `${chain}.x`)
        symlinkSync(`${chain}.x`, chain)
      },
      ['refused llm_requests.seals.jsonl'],
    ],
    [
      'an id with two ends',
      ({ active }) => appendFileSync(active, entryLine('id-1-2', { status: 'error' })),
      ['doubled id-1-2'],
    ],
    [
      'an event',
      ({ logs }) => appendFileSync(join(logs, 'events.jsonl'), entryLine('x')),
      ['not-an-entry events.jsonl'],
    ],
    ['a chat', ({ logs }) => appendFileSync(join(logs, 'chats.jsonl'), 'x\n'), ['not-json chats.jsonl']],
    ['a message', ({ messages }) => appendFileSync(messages, '{"id":"m'), ['torn chat-1.jsonl']],
    [
      'a message of another slot',
      ({ root }) => {
        mkdirSync(join(root, 'chats', '.slots', '1'), { recursive: true })
        writeFileSync(join(root, 'chats', '.slots', '1', 'chat-2.jsonl'), '[]\n')
      },
      ['not-an-entry chat-2.jsonl'],
    ],
    [
      'a closed file of messages, compressed',
      ({ root }) => {
        mkdirSync(join(root, 'chats', '.closed', 'chat-1'), { recursive: true })
        writeFileSync(
          join(root, 'chats', '.closed', 'chat-1', '0-00000001-20260131T140506078Z.jsonl.gz'),
          gzipSync('{"id":"m1"}\n'),
        )
      },
      ['not-an-entry 0-00000001-20260131T140506078Z.jsonl.gz'],
    ],
    [
      'a symbolic link',
      ({ active, segments: [, second] }) => {
        rmSync(active)
        symlinkSync(second, active)
      },
      ['refused llm_requests.jsonl'],
    ],
    [
      'a folder',
      ({ active, messages }) => {
        rmSync(active)
        mkdirSync(active)
        rmSync(messages)
        mkdirSync(messages)
      },
      ['refused llm_requests.jsonl', 'refused chat-1.jsonl'],
    ],
  ])('%s is named', async (_, arrange, expected) => {
    const project = sealedProject()
    arrange(project)
    expect(await faults(project)).toEqual(expected)
  })

  test('has the byte range of its line', async () => {
    const project = sealedProject()
    const { length } = readFileSync(project.active)
    appendFileSync(project.active, `garbage\n${entryLine('x')}`)
    const { damage } = await verify(project)
    expect(damage).toEqual([{ path: project.active, from: length, to: length + 8, kind: 'not-json' }])
  })

  test('is no tail that a living writer has not finished', async () => {
    const project = sealedProject()
    const slot = claimRole(project.logs, '0')
    const { length } = readFileSync(project.active)
    appendFileSync(project.active, `{"id":"x","te`)
    const report = await verify(project)
    slot?.release()
    expect(report).toMatchObject({
      ok: true,
      inFlight: [{ path: project.active, from: length, to: length + 13 }],
    })
    expect(await faults(project)).toEqual(['torn llm_requests.jsonl'])
  })

  test('of the last line, cut at each byte, costs no line before it', async () => {
    const project = sealedProject()
    const before = readFileSync(project.active)
    const last = Buffer.from(entryLine('last', { text: 'ä€😀' }))
    for (let end = 1; end < last.length - 1; end++) {
      writeFileSync(project.active, Buffer.concat([before, last.subarray(0, end)]))
      const { requests, damage } = await verify(project)
      expect(requests.lines).toBe(11)
      expect(damage).toMatchObject([{ from: before.length, to: before.length + end }])
      expect(['torn', 'bad-utf8']).toContain(damage[0]?.kind)
    }
  })

  test('lists a thousand and counts all', async () => {
    const project = sealedProject()
    appendFileSync(project.active, 'x\n'.repeat(2_500))
    const { damaged, damage } = await verify(project)
    expect({ damaged, listed: damage.length }).toEqual({ damaged: 2_500, listed: 1_000 })
  })
})

describe('a gzip segment', () => {
  test('cut at each 64th byte is named, and its front is read', async () => {
    const project = sealedProject()
    const [path] = project.segments
    const lines = Array.from({ length: 200 }, (_, index) => entryLine(`g-${index}`, { at: Math.sin(index) }))
    const whole = gzipSync(lines.join(''))
    const read = []
    for (let end = 0; end < whole.length; end += 64) {
      writeFileSync(path, whole.subarray(0, end))
      const { damage, requests } = await verify(project)
      expect(damage).toMatchObject([{ path, kind: 'cut-gzip' }])
      read.push(requests.lines - 8)
    }
    expect(read).toEqual([...read].sort((a, b) => a - b))
    expect(read.at(-1)).toBeGreaterThan(190)
  })

  test.each<[string, (bytes: Buffer) => Buffer, string]>([
    ['its checksum', (bytes) => flip(bytes, bytes.length - 8), 'bad-gzip'],
    ['its length', (bytes) => flip(bytes, bytes.length - 4), 'bad-gzip'],
    ['its first byte', (bytes) => flip(bytes, 0), 'bad-gzip'],
    ['a byte of its content', (bytes) => flip(bytes, 40), 'bad-gzip'],
  ])('with a bit flipped in %s is named', async (_, edit, kind) => {
    const project = sealedProject()
    change(project.segments[0], edit)
    expect(await faults(project)).toEqual(expect.arrayContaining([`${kind} 0`, 'seal edited 0']))
  })
})

function flip(bytes: Buffer, at: number): Buffer {
  const flipped = Buffer.from(bytes)
  flipped[at] = (flipped[at] ?? 0) ^ 1
  return flipped
}

describe('a seal', () => {
  const summary = gzipSync(entryLine('id-0-1', { summarized: true }))
  const summaryPath = ({ logs }: SealedProject): string => join(logs, `${STEMS[0]}.summary.jsonl.gz`)
  const deletion = ({ segments }: SealedProject, of: string | null) => ({
    type: 'delete' as const,
    segment: STEMS[0] ?? '',
    at: AT,
    ...sumOf(gunzipSync(readFileSync(segments[0]))),
    reason: 'age' as const,
    summary: of,
    entries: 3,
    damaged: 0,
  })
  const deleted = (project: SealedProject): void => {
    writeFileSync(summaryPath(project), summary)
    project.seal(deletion(project, sumOf(gunzipSync(summary)).sha256))
    rmSync(project.segments[0])
  }

  test.each<[string, (project: SealedProject) => void, string[]]>([
    [
      'an edited byte',
      ({ segments: [, second] }) => change(second, (bytes) => bytes.toString().replace('id-1-2', 'id-1-x')),
      ['seal edited 1'],
    ],
    [
      'an edited byte of a compressed one',
      ({ segments: [first] }) =>
        change(first, (bytes) => gzipSync(gunzipSync(bytes).toString().replace('id-0-2', 'id-0-x'))),
      ['seal edited 0'],
    ],
    [
      'swapped lines',
      ({ segments: [, second] }) => change(second, (bytes) => linesOf(bytes).reverse().join('')),
      ['seal edited 1'],
    ],
    [
      'a deleted line',
      ({ segments: [, second] }) => change(second, (bytes) => linesOf(bytes).slice(1).join('')),
      ['seal edited 1'],
    ],
    [
      'a doubled line',
      ({ segments: [, second] }) => change(second, (bytes) => linesOf(bytes)[0] + bytes.toString()),
      ['seal edited 1'],
    ],
    [
      'an added line',
      ({ segments: [, second] }) => appendFileSync(second, entryLine('x')),
      ['seal edited 1'],
    ],
    [
      'a truncated segment',
      ({ segments: [, second] }) => change(second, (bytes) => bytes.subarray(0, -1)),
      ['seal edited 1'],
    ],
    ['a deleted segment', ({ segments: [, second] }) => rmSync(second), ['seal missing 1']],
    ['the last segment deleted', ({ segments: [, , third] }) => rmSync(third), ['seal missing 2']],
    [
      'segments that changed their names',
      ({ segments: [, second, third] }) => {
        renameSync(second, `${second}.x`)
        renameSync(third, second)
        renameSync(`${second}.x`, third)
      },
      ['seal edited 1', 'seal edited 2'],
    ],
    [
      'a segment copied between others',
      ({ logs, segments: [, second] }) =>
        copyFileSync(second, join(logs, 'llm_requests.0-00000002-20260131T150506078Z.jsonl')),
      ['seal unsealed -1'],
    ],
    [
      'a summary in place of a segment',
      (project) => {
        writeFileSync(summaryPath(project), summary)
        rmSync(project.segments[0])
      },
      ['seal edited 0'],
    ],
    [
      'a deletion that was cut off before its record',
      (project) => {
        const content = linesOf(gunzipSync(readFileSync(project.segments[0])))
        writeFileSync(summaryPath(project), gzipSync(content.map(summarizeLine).join('')))
      },
      [],
    ],
    [
      'a summary that hides a segment',
      (project) => writeFileSync(summaryPath(project), summary),
      ['seal edited 0'],
    ],
    ['a segment deleted by retention', deleted, []],
    [
      'a deletion without its summary',
      (project) => {
        deleted(project)
        rmSync(summaryPath(project))
      },
      ['seal missing 0'],
    ],
    [
      'a deletion with an edited summary',
      (project) => {
        deleted(project)
        writeFileSync(summaryPath(project), gzipSync(entryLine('forged', { summarized: true })))
      },
      ['seal edited 0'],
    ],
    [
      'a deletion that leaves nothing',
      (project) => {
        project.seal(deletion(project, null))
        rmSync(project.segments[0])
      },
      [],
    ],
    [
      'a deletion that is recorded and not done yet',
      (project) => {
        project.seal(deletion(project, null))
      },
      [],
    ],
    [
      'a repaired segment',
      (project) => {
        const [, path] = project.segments
        const before = sumOf(readFileSync(path)).sha256
        change(path, (bytes) => linesOf(bytes).slice(1).join(''))
        project.seal({
          type: 'repair',
          segment: STEMS[1] ?? '',
          at: AT,
          ...sumOf(readFileSync(path)),
          before,
        })
      },
      [],
    ],
    [
      'a second seal with another content',
      (project) => {
        const [, path] = project.segments
        change(path, (bytes) => linesOf(bytes).slice(1).join(''))
        project.seal({ type: 'seal', segment: STEMS[1] ?? '', at: AT, ...sumOf(readFileSync(path)) })
      },
      ['seal resealed 1'],
    ],
    [
      'a deletion of another content than was sealed',
      (project) => {
        project.seal({ ...deletion(project, null), ...sumOf(entryLine('x')) })
        rmSync(project.segments[0])
      },
      ['seal edited 0'],
    ],
    [
      'a chain that ends early',
      ({ chain }) => change(chain, (bytes) => bytes.subarray(0, -20)),
      ['seal torn'],
    ],
    [
      'a record taken away',
      ({ chain }) =>
        change(chain, (bytes) =>
          linesOf(bytes)
            .filter((_, index) => index !== 1)
            .join(''),
        ),
      ['seal gap', 'seal unsealed 1'],
    ],
    [
      'an edited record',
      ({ chain }) => change(chain, (bytes) => bytes.toString().replace('"lines":3', '"lines":2')),
      ['seal wrong-hash', 'seal gap', 'seal unsealed 0'],
    ],
  ])('tells of %s', async (_, arrange, expected) => {
    const project = sealedProject()
    arrange(project)
    expect(await faults(project)).toEqual(expected)
  })

  test('tells whether what was repaired was as it had been sealed', async () => {
    const project = sealedProject()
    const [, second] = project.segments
    const repair = (before: string) =>
      project.seal({
        type: 'repair',
        segment: STEMS[1] ?? '',
        at: AT,
        ...sumOf(readFileSync(second)),
        before,
      })
    repair(sumOf(readFileSync(second)).sha256)
    expect((await verify(project)).seals[0]).toMatchObject({ repaired: 1, altered: 0 })
    repair('a'.repeat(64))
    expect((await verify(project)).seals[0]).toMatchObject({ repaired: 2, altered: 1 })
  })

  test('is not asked for, and a segment that is gone is named all the same', async () => {
    const project = sealedProject()
    const look = async () => {
      const findings = new Findings()
      await verifyProject(
        { id: 'p', root: project.root },
        { findings, seals: undefined, onRead: () => undefined },
      )
      const { ok, sealFaults, uncheckedSegments } = findings.report()
      return { ok, uncheckedSegments, faults: sealFaults.map(({ kind, segment }) => `${kind} ${segment}`) }
    }
    const [first, second] = project.segments
    change(second, (bytes) => linesOf(bytes).slice(1).join(''))
    expect(await look()).toEqual({ ok: true, uncheckedSegments: 3, faults: [] })
    rmSync(second)
    expect(await look()).toEqual({ ok: false, uncheckedSegments: 2, faults: [`missing ${STEMS[1]}`] })
    deleted(project)
    expect(existsSync(first)).toBe(false)
    expect(await look()).toEqual({ ok: false, uncheckedSegments: 2, faults: [`missing ${STEMS[1]}`] })
  })

  test('is missing for a copy of the last segment, whose lines count as sent again', async () => {
    const project = sealedProject()
    copyFileSync(project.segments[2], join(project.logs, 'llm_requests.0-00000004-20260201T000000000Z.jsonl'))
    const { requests, seals, ok } = await verify(project)
    expect({ ok, requests, unsealed: seals[0]?.unsealed }).toEqual({
      ok: true,
      requests: { lines: 14, ids: 11, resent: 3, doubled: 0 },
      unsealed: 1,
    })
  })

  test('is not torn while upkeep writes it', async () => {
    const project = sealedProject()
    appendFileSync(project.chain, '{"seq":4,"ty')
    const upkeep = claimRole(project.logs, 'upkeep')
    expect(await faults(project)).toEqual([])
    upkeep?.release()
    expect(await faults(project)).toEqual(['seal torn'])
  })

  test('signed by the key is checked with it', async () => {
    const project = sealedProject(KEY)
    expect(await faults(project, PUBLIC)).toEqual([])
    expect((await verify(project, PUBLIC)).seals[0]).toMatchObject({ signed: 3 })
  })

  test.each<[string, SealKey | undefined, string, string]>([
    [
      'another key',
      OTHER_KEY,
      'unknown-key',
      '3 of 3 records are signed by another key than was given, this one first',
    ],
    ['no key', undefined, 'not-signed', '3 of 3 records are not signed'],
  ])('of %s is one finding a chain, with the number of records', async (_, key, kind, message) => {
    const { sealFaults } = await verify(sealedProject(key), PUBLIC)
    expect(sealFaults).toMatchObject([{ kind, message, segment: null }])
  })

  test('cannot be made anew without the key', async () => {
    const forged = sealedProject()
    expect(await faults(forged)).toEqual([])
    expect(await faults(forged, PUBLIC)).toEqual(['seal not-signed'])
    rmSync(forged.chain)
    expect(await faults(forged)).toEqual([])
    expect(await faults(forged, PUBLIC)).toEqual(['seal no-chain'])
  })
})

test('the roles of messages are those of the chat log', () => {
  expect(MESSAGE_ROLES).toEqual(ROLES)
})
