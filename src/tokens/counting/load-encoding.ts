/** The encodings of gpt-tokenizer, each read when it is first needed: that takes 150 ms and 70 MB. */
import { BytePairs } from './byte-pairs.js'
import type { Encoding } from './encodings.js'

const loaded = new Map<Encoding, Promise<BytePairs>>()

/** Rejects when the package is not there or is another one. */
export function loadEncoding(encoding: Encoding): Promise<BytePairs> {
  let pairs = loaded.get(encoding)
  if (pairs === undefined) {
    pairs = encoding === 'o200k_base' ? o200k() : cl100k()
    loaded.set(encoding, pairs)
  }
  return pairs
}

async function o200k(): Promise<BytePairs> {
  const [{ default: tokens }, { O200KBase }] = await Promise.all([
    import('gpt-tokenizer/bpeRanks/o200k_base'),
    import('gpt-tokenizer/encodingParams/o200k_base'),
  ])
  return new BytePairs(tokens, O200KBase(tokens).tokenSplitRegex)
}

async function cl100k(): Promise<BytePairs> {
  const [{ default: tokens }, { Cl100KBase }] = await Promise.all([
    import('gpt-tokenizer/bpeRanks/cl100k_base'),
    import('gpt-tokenizer/encodingParams/cl100k_base'),
  ])
  return new BytePairs(tokens, Cl100KBase(tokens).tokenSplitRegex)
}
