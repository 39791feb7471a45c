import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { RequestCopy } from './request-copy.js'

const BODY = { model: 'gpt-4o', n: 1 }
const AZURE = '/openai/deployments/my-gpt/chat/completions'

describe('the body of a request', () => {
  test.each([
    ['in one piece', [JSON.stringify(BODY)], undefined, '/x', BODY],
    ['in pieces', [...JSON.stringify(BODY)], undefined, '/x', BODY],
    ['compressed', [gzipSync(JSON.stringify(BODY))], 'gzip', '/x', BODY],
    ['compressed in an unknown way', ['?'], 'zstd', '/x', {}],
    ['that is no JSON', ['{"model":'], undefined, '/x', {}],
    ['that is no object', ['[1]'], undefined, '/x', {}],
    ['that is empty', [], undefined, '/x', {}],
    ['larger than the bound', [JSON.stringify(BODY), ' '.repeat(100)], undefined, '/x', {}],
    ['without a model, for a deployment', ['{"n":1}'], undefined, AZURE, { n: 1, model: 'my-gpt' }],
    ['with a model, for a deployment', [JSON.stringify(BODY)], undefined, AZURE, BODY],
  ])('%s', (_name, pieces, encoding, path, expected) => {
    const copy = new RequestCopy(100)
    for (const piece of pieces) copy.add(Buffer.from(piece))
    expect(copy.take(encoding, path)).toEqual(expected)
    expect(copy.take(encoding, '/x')).toEqual({})
  })
})
