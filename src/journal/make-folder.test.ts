import { statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tempFolder } from '../../test/fixtures/temp-folder.js'
import { makeFolder } from './make-folder.js'

test('makes the folders above it, for the owner only, and is done when they are there', () => {
  const path = join(tempFolder(), 'a', 'b', 'c')
  makeFolder(path)
  makeFolder(path)
  expect(statSync(path).mode & 0o777).toBe(0o700)
})

test.each([
  ['a file in its place', (folder: string) => join(folder, 'file'), 'EEXIST'],
  ['a file above it', (folder: string) => join(folder, 'file', 'x', 'y'), 'ENOTDIR'],
  ['a link to nowhere', (folder: string) => join(folder, 'link'), 'EEXIST'],
  ['a file system that makes no folders', () => '/proc/ledgerline/x', 'ENOENT'],
])('%s is an error', (_, pathIn, code) => {
  const folder = tempFolder()
  writeFileSync(join(folder, 'file'), '')
  symlinkSync(join(folder, 'nowhere'), join(folder, 'link'))
  expect(() => makeFolder(pathIn(folder))).toThrow(expect.objectContaining({ code }))
})
