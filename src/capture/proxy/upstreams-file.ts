/** The same options as JSON in a file, for a server that is started from the command line. */
import { readFile } from 'node:fs/promises'
import { parseJson } from '../json.js'
import { known, refuse } from './option-values.js'
import { type ProxySettings, resolveProxyOptions } from './options.js'

/**
 * `{ "upstreams": {…}, "proxy": {…} }`: the options of `serve` under their own names. `field` is what names the file in
 * errors. Throws ValidationError INVALID_OPTION.
 */
export async function readUpstreamsFile(path: string, field: string): Promise<ProxySettings> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'
    throw refuse(field, `the file cannot be read (${code})`)
  })
  const value = parseJson(text.replace(/^\uFEFF/, ''))
  // The parser's own message quotes the text, which may hold what is secret.
  if (value === undefined) throw refuse(field, 'the file is not JSON')
  const { upstreams, proxy } = known(value, field, ['upstreams', 'proxy'])
  return resolveProxyOptions(upstreams, proxy)
}
