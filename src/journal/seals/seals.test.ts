import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { tempFolder } from '../../../test/fixtures/temp-folder.js'
import { ContentSummer } from './content-sum.js'
import { signingKey, verifyingKeys } from './keys.js'
import { chainPath, readChain } from './read-chain.js'
import { recordLine, type SealFields, type SealRecord, sealRecord } from './seal-record.js'

/** The key of RFC 8032, section 7.1, test 1. Hashes and signatures below were made by other programs than ours. */
const PRIVATE = `-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
-----END PRIVATE KEY-----
`
const PUBLIC = `-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=
-----END PUBLIC KEY-----
`
const OTHER_PUBLIC = `-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAPUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=
-----END PUBLIC KEY-----
`

const segment = 'llm_requests.0-00000001-20260131T140506078Z'
const [A, B, C] = ['a'.repeat(64), 'b'.repeat(64), 'c'.repeat(64)]
const fields: readonly SealFields[] = [
  { type: 'seal', segment, at: '2026-01-31T14:05:07.000Z', bytes: 4096, lines: 12, sha256: A },
  { type: 'repair', segment, at: '2026-02-01T00:00:00.000Z', bytes: 4000, lines: 11, sha256: B, before: A },
  {
    type: 'delete',
    segment,
    at: '2026-05-01T00:00:00.000Z',
    bytes: 4000,
    lines: 11,
    sha256: B,
    reason: 'age',
    summary: C,
    entries: 11,
    damaged: 0,
  },
]
const BY_HAND = [
  `{"seq":1,"type":"seal","segment":"${segment}","at":"2026-01-31T14:05:07.000Z","bytes":4096,"lines":12,"sha256":"${A}","previous":"${'0'.repeat(64)}","hash":"bb577e807a6444cb4d16bc387c06b9f7ac1579b602b3c12a9447728818274edd","key_id":"06e3fd8fda29bb60","signature":"ir5mohsDHjo/cPZjPRW4Fb1T3pgJHSCQiUx3DDwgCsP5NNhvhwi5Roef1WTWwsfihHZoXX/4ZdmfmIhMMmxvBw=="}`,
  `{"seq":2,"type":"repair","segment":"${segment}","at":"2026-02-01T00:00:00.000Z","bytes":4000,"lines":11,"sha256":"${B}","before":"${A}","previous":"bb577e807a6444cb4d16bc387c06b9f7ac1579b602b3c12a9447728818274edd","hash":"1c0a00c230f7644173da27168275497ca1fcea700e812ad79d98aef473ae4735","key_id":"06e3fd8fda29bb60","signature":"adWR/vOPZA9nJvMTIChjJC5JpOWx7ASdZ1iJLf0P3OsPkmeDjTrdeFlD8ZB/tGHNFDuRhzWwRHZj3SxsCG/2DQ=="}`,
  `{"seq":3,"type":"delete","segment":"${segment}","at":"2026-05-01T00:00:00.000Z","bytes":4000,"lines":11,"sha256":"${B}","reason":"age","summary":"${C}","entries":11,"damaged":0,"previous":"1c0a00c230f7644173da27168275497ca1fcea700e812ad79d98aef473ae4735","hash":"1e286beb7d3c783b9f7c887b71d3f05b909e8ebe100db27e999717afd729df83","key_id":"06e3fd8fda29bb60","signature":"4P2q2VyF5mkB98ajDaHj09vG0mxPI25iHxn6gnF1zKw6G15IwZDeQJjwmrklE9FP+79PJ2IIx7D1BT9Rrw3MCw=="}`,
]
const KEYS = verifyingKeys(PUBLIC, 'test')

function chainOf(made: readonly SealFields[], key?: ReturnType<typeof signingKey>): SealRecord[] {
  const records: SealRecord[] = []
  for (const each of made) records.push(sealRecord(each, records.at(-1), key))
  return records
}

async function read(text: string | Buffer, keys: typeof KEYS | undefined = KEYS) {
  const dir = tempFolder()
  writeFileSync(chainPath(dir, 'llm_requests'), text)
  const { records, faults, end, size } = await readChain(dir, 'llm_requests', keys)
  return { records: records.length, faults: faults.map(({ kind }) => kind), rest: size - end }
}

const whole = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('')
const unsigned = chainOf(fields).map(recordLine).join('')

describe('a chain', () => {
  test('is spelled, hashed and signed as the one written by hand', () => {
    const made = chainOf(fields, signingKey(PRIVATE, 'test')).map(recordLine).join('')
    expect(made).toBe(whole(BY_HAND))
  })

  test('is shown in the page of the format', () => {
    const page = readFileSync(new URL('../../../docs/journal-format.md', import.meta.url), 'utf8')
    expect(page).toContain(BY_HAND[0])
  })

  test('written by hand is whole', async () => {
    expect(await read(whole(BY_HAND))).toEqual({ records: 3, faults: [], rest: 0 })
  })

  test('that is absent is empty', async () => {
    const chain = await readChain(tempFolder(), 'llm_requests')
    expect(chain).toMatchObject({ records: [], faults: [], end: 0, size: 0 })
  })

  const [first = '', second = '', third = ''] = BY_HAND
  const forged = { ...chainOf(fields)[1], lines: 10 } as SealRecord
  test.each<[string, string | Buffer, { records: number; faults: string[]; rest?: number }]>([
    ['a record that was left out', whole([first, third]), { records: 2, faults: ['gap'] }],
    ['the first record left out', whole([second, third]), { records: 2, faults: ['gap'] }],
    ['records that changed places', whole([first, third, second]), { records: 3, faults: ['gap', 'gap'] }],
    ['a record twice', whole([first, first, second, third]), { records: 4, faults: ['gap'] }],
    [
      'an edited number',
      whole([first, second.replace('4000', '4001')]),
      { records: 1, faults: ['wrong-hash'] },
    ],
    ['a space', whole([first.replace(':1,', ': 1,'), second]), { records: 1, faults: ['no-record', 'gap'] }],
    ['a further field', whole([first.replace('}', ',"x":1}')]), { records: 0, faults: ['no-record'] }],
    ['a blank line', whole([first, '', second, third]), { records: 3, faults: ['no-record'] }],
    [
      'NULs behind it',
      Buffer.concat([Buffer.from(whole([first])), Buffer.alloc(9)]),
      { records: 1, faults: [], rest: 9 },
    ],
    [
      'a record without its newline',
      whole([first]) + second,
      { records: 1, faults: [], rest: second.length },
    ],
    [
      'a record forged with its hash, unsigned',
      whole([first]) + recordLine(sealRecord(fields[1] as SealFields, { seq: 1, hash: A })) + whole([third]),
      { records: 3, faults: ['wrong-previous', 'not-signed', 'wrong-previous'] },
    ],
    ['a whole chain forged without the key', unsigned, { records: 3, faults: ['not-signed'] }],
    ['an edit without a new hash', recordLine(forged), { records: 0, faults: ['wrong-hash'] }],
    [
      'a signature in another spelling',
      whole([first.replace('vBw==', 'vBx==')]),
      { records: 1, faults: ['wrong-signature'] },
    ],
  ])('names %s', async (_, text, { rest = 0, ...expected }) => {
    expect(await read(text)).toEqual({ ...expected, rest })
  })

  test('is not vouched for by another key', async () => {
    const others = verifyingKeys(OTHER_PUBLIC, 'test')
    expect(await read(whole(BY_HAND), others)).toMatchObject({ faults: Array(3).fill('unknown-key') })
  })

  test('may begin unsigned: the first signature speaks for what is before it', async () => {
    const [one, two, three] = fields as [SealFields, SealFields, SealFields]
    const before = sealRecord(one, undefined)
    const key = signingKey(PRIVATE, 'test')
    const signed = sealRecord(two, before, key)
    const text = [before, signed, sealRecord(three, signed, key)].map(recordLine).join('')
    expect(await read(text)).toEqual({ records: 3, faults: [], rest: 0 })
  })

  test('may be signed by several keys, one after another', () => {
    expect([...verifyingKeys(PUBLIC + OTHER_PUBLIC, 'test').keys()]).toHaveLength(2)
  })

  test('goes on behind a fault, which stays named', async () => {
    const dir = tempFolder()
    writeFileSync(chainPath(dir, 'events'), `${whole([first])}garbage\n`)
    const { records, end, size } = await readChain(dir, 'events')
    expect(end).toBe(size)
    appendFileSync(chainPath(dir, 'events'), recordLine(sealRecord(fields[1] as SealFields, records.at(-1))))
    const again = await readChain(dir, 'events')
    expect(again.records.map(({ seq }) => seq)).toEqual([1, 2])
    expect(again.faults).toEqual([
      { kind: 'no-record', seq: undefined, from: first.length + 1, to: first.length + 9 },
    ])
  })

  const bytes = Buffer.from(whole(BY_HAND))
  test('names any change of any byte', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const changed = Buffer.from(bytes)
        changed[at] = (changed[at] ?? 0) ^ change
        const { faults, rest } = await read(changed)
        return faults.length > 0 || rest > 0
      }),
      { numRuns: 500 },
    )
  })
})

describe('a key', () => {
  test.each([
    ['another kind', '-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY-----'],
    ['no text', ''],
    ['a file that is not there', join('nowhere', 'key.pem')],
  ])('is refused: %s', (_, key) => {
    const refusal = expect.objectContaining({ code: 'INVALID_SEAL_KEY' })
    expect(() => signingKey(key, 'test')).toThrow(refusal)
    expect(() => verifyingKeys(key, 'test')).toThrow(refusal)
  })

  test('is read from a file', () => {
    const path = join(tempFolder(), 'key.pem')
    writeFileSync(path, PRIVATE)
    expect(signingKey(path, 'test').id).toBe('06e3fd8fda29bb60')
  })
})

test.each([
  ['nothing', [], 0, 0],
  ['whole lines in pieces', ['{}', '\n{', '}\n'], 6, 2],
  ['an unfinished line', ['{}\n', '{'], 4, 2],
  ['an empty piece at the end', ['{}\n', ''], 3, 1],
])('the sum of %s', (_, chunks, bytes, lines) => {
  const summer = new ContentSummer()
  for (const chunk of chunks) summer.add(Buffer.from(chunk))
  expect(summer.sum()).toMatchObject({ bytes, lines, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) })
})
