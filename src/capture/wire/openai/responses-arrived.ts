/** The answer of the responses API, whole or event by event. */
import type { HistoryMessage } from '../../../chat-log/message.js'
import type { EntryError } from '../../../entry/entry.js'
import { isJson, type Json, jsonOf, textOf } from '../../json.js'
import { type Arrived, BoundedText, MAX_CHARACTERS, MAX_PARTS, providerError } from '../arrived.js'
import { responsesItems } from './history.js'

export class ResponsesArrived implements Arrived {
  complete = false
  responseId: string | undefined
  responseModel: string | undefined
  finishReason: string | undefined
  usage: unknown
  error: EntryError | undefined

  readonly #all = new BoundedText()
  readonly #text = new BoundedText()
  /** Of output items that are done, for when the stream breaks off before the whole response came. */
  readonly #done: HistoryMessage[] = []
  /** Characters that these may still hold. */
  #room = MAX_CHARACTERS
  #output: unknown

  whole(body: Json): void {
    this.#response(body)
    this.#output = body.output
    for (const message of this.messages()) this.#all.add(message.content)
    if (this.error === undefined && !Array.isArray(body.output)) {
      this.error = { code: 'invalid_response', message: 'The answer holds no output.' }
    }
    this.complete = true
  }

  event(event: Json): boolean {
    const type = textOf(event.type) ?? ''
    if (type === 'error') {
      this.error ??= providerError(isJson(event.error) ? event.error : event, 'provider_error')
      return false
    }
    if (event.error) this.error ??= providerError(event.error, 'provider_error')
    if (isJson(event.response)) this.#response(event.response)
    if (FINAL.has(type)) {
      this.#output = jsonOf(event.response).output
      this.complete = true
      return false
    }
    if (type === 'response.output_item.done') this.#itemDone(event.item)
    if (!type.endsWith('.delta')) return false
    if (type === 'response.output_text.delta' || type === 'response.refusal.delta')
      this.#text.add(event.delta)
    return this.#all.add(event.delta)
  }

  text(): string {
    return this.#all.toString()
  }

  messages(): readonly HistoryMessage[] {
    const isThere = Array.isArray(this.#output) && this.#output.length > 0
    const told = isThere ? responsesItems(this.#output) : this.#done
    const messages = told.filter((message) => message.content !== '')
    if (messages.length > 0) return messages
    const content = this.#text.toString()
    return content === '' ? [] : [{ role: 'assistant', content }]
  }

  #itemDone(item: unknown): void {
    for (const message of responsesItems([item])) {
      if (this.#done.length >= MAX_PARTS || message.content.length > this.#room) return
      this.#done.push(message)
      this.#room -= message.content.length
    }
  }

  #response(response: Json): void {
    this.responseId ??= textOf(response.id)
    this.responseModel = textOf(response.model) ?? this.responseModel
    if (isJson(response.usage)) this.usage = response.usage
    const status = textOf(response.status)
    if (response.error) this.error ??= providerError(response.error, 'provider_error')
    else if (status === 'failed') this.error ??= { code: 'failed', message: 'The response failed.' }
    if (status === 'incomplete')
      this.finishReason = textOf(jsonOf(response.incomplete_details).reason) ?? status
    else if (status !== undefined && status !== 'in_progress') this.finishReason = status
  }
}

const FINAL = new Set(['response.completed', 'response.incomplete', 'response.failed', 'response.cancelled'])
