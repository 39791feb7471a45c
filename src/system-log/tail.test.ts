import { mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { missingBytes } from './tail.js'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ledgerline-test-'))
})
afterAll(() => rm(folder, { recursive: true }))

const WAVE = Buffer.from('\u{1f44b}\n')

it.each<readonly [name: string, content: string | Buffer, last: string | Buffer, missing: string | Buffer]>([
  ['an empty file', '', '', ''],
  ['a whole last line', 'a\nb\n', '', ''],
  ['a torn line of another process', 'a\nb', '', '\n'],
  ['everything believed written', 'a\nxy\nz\n', 'xy\nz\n', ''],
  ['a part of it', 'a\nxy', 'xy\nz\n', '\nz\n'],
  ['a part of it that ends with a line', 'a\nxy\n', 'xy\nz\n', 'z\n'],
  ['nothing but a part of it', 'x', 'xy\n', 'y\n'],
  [
    'half a character of it',
    Buffer.concat([Buffer.from('a\n'), WAVE.subarray(0, 2)]),
    WAVE,
    WAVE.subarray(2),
  ],
  ['other lines behind it', 'xy\nz\nmore\n', 'xy\nz\n', ''],
  ['another torn line behind it', 'xy\nz\nmore', 'xy\nz\n', '\n'],
])('missingBytes after %s', async (_name, content, last, missing) => {
  const path = join(folder, 'file')
  await writeFile(path, content)
  const handle = await open(path)
  try {
    const { size } = await handle.stat()
    expect(await missingBytes(handle, size, Buffer.from(last))).toEqual(Buffer.from(missing))
  } finally {
    await handle.close()
  }
})
