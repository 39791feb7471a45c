/** The error that a provider answers with, read from the response itself. */
import type { EntryError } from '../../entry/entry.js'
import { isJson, parseJson } from '../json.js'
import { providerError } from './arrived.js'

/**
 * Why a response with an error status came. Reads its body up to 64 KiB, so give it a clone. Never rejects: what says
 * nothing has the code `http_<status>`.
 */
export async function failedAnswer(response: Response): Promise<EntryError> {
  const status = `http_${response.status}`
  const body = parseJson(await beginningOf(response))
  if (isJson(body)) return providerError(body.error ?? body, status)
  return { code: status, message: `${response.status} ${response.statusText}`.trim() }
}

async function beginningOf(response: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  try {
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk, { stream: true })
      if (text.length > MAX_CHARACTERS) break
    }
  } catch {
    // The connection broke: what came before may still say why.
  }
  return text
}

const MAX_CHARACTERS = 64 * 1024
