/** The answer of embeddings: who made it and what it cost. The vectors are not kept. */
import type { HistoryMessage } from '../../../chat-log/message.js'
import type { EntryError } from '../../../entry/entry.js'
import { isJson, type Json, textOf } from '../../json.js'
import { type Arrived, providerError } from '../arrived.js'

export class EmbeddingsArrived implements Arrived {
  complete = false
  readonly responseId = undefined
  responseModel: string | undefined
  readonly finishReason = undefined
  usage: unknown
  error: EntryError | undefined

  whole(body: Json): void {
    this.responseModel = textOf(body.model)
    if (isJson(body.usage)) this.usage = body.usage
    if (body.error) this.error = providerError(body.error, 'provider_error')
    else if (!Array.isArray(body.data)) {
      this.error = { code: 'invalid_response', message: 'The answer holds no embeddings.' }
    }
    this.complete = true
  }

  /** Embeddings are not streamed. */
  event(): boolean {
    return false
  }

  text(): string {
    return ''
  }

  messages(): readonly HistoryMessage[] {
    return []
  }
}
