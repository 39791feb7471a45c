import { expect, test } from 'vitest'
import { foldersTo } from './own-folders.js'

test.each<[string, string, string, string[]]>([
  ['below the root', '/a/b/c/d.jsonl', '/a', ['/a/b', '/a/b/c']],
  ['in the root', '/a/d.jsonl', '/a', []],
  ['a root that ends in a separator', '/a/b/d.jsonl', '/a/', ['/a/b']],
  ['a root with two separators', '/a/b/c/d.jsonl', '/a//b', ['/a/b/c']],
  ['a root with a dot', '/a/b/c/d.jsonl', '/a/./b/x/..', ['/a/b/c']],
  ['a root that is the whole disk', '/a/d.jsonl', '/', ['/a']],
  ['a neighbour whose name begins alike', '/a/bc/d.jsonl', '/a/b', []],
])('the folders to a file: %s', (_, path, root, folders) => {
  expect(foldersTo(path, root)).toEqual(folders)
})
