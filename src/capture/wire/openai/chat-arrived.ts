/** The answer of chat completions, whole or chunk by chunk. */
import type { HistoryMessage } from '../../../chat-log/message.js'
import type { EntryError } from '../../../entry/entry.js'
import { isJson, type Json, jsonOf, listOf, textOf } from '../../json.js'
import { type Arrived, BoundedText, MAX_PARTS, providerError } from '../arrived.js'
import { withToolCalls } from '../tool-calls.js'
import { chatMessage } from './history.js'

interface GrowingCall {
  id: unknown
  readonly name: BoundedText
  readonly arguments: BoundedText
}

export class ChatArrived implements Arrived {
  complete = false
  responseId: string | undefined
  responseModel: string | undefined
  finishReason: string | undefined
  usage: unknown
  error: EntryError | undefined

  readonly #all = new BoundedText()
  /** Of the first choice; the others count but are not part of the chat. */
  readonly #content = new BoundedText()
  readonly #calls = new Map<unknown, GrowingCall>()
  #message: HistoryMessage | undefined

  whole(body: Json): void {
    this.#head(body)
    for (const choice of listOf(body.choices).filter(isJson)) {
      const message = jsonOf(choice.message)
      const told = chatMessage({ ...message, role: 'assistant' })
      this.#all.add(message.reasoning_content ?? message.reasoning)
      this.#all.add(told.content)
      this.#message ??= told
      this.finishReason ??= textOf(choice.finish_reason)
    }
    if (this.error === undefined && this.#message === undefined) {
      this.error = { code: 'invalid_response', message: 'The answer holds no choices.' }
    }
    this.complete = true
  }

  event(chunk: Json): boolean {
    this.#head(chunk)
    let made = false
    for (const choice of listOf(chunk.choices).filter(isJson)) {
      const delta = jsonOf(choice.delta)
      const first = choice.index === 0 || choice.index === undefined
      for (const piece of [delta.content, delta.refusal, jsonOf(delta.audio).transcript]) {
        if (first) this.#content.add(piece)
        if (this.#all.add(piece)) made = true
      }
      if (this.#all.add(delta.reasoning_content ?? delta.reasoning)) made = true
      for (const call of listOf(delta.tool_calls).filter(isJson)) {
        if (this.#toolCall(call, first)) made = true
      }
      const reason = textOf(choice.finish_reason)
      if (reason !== undefined) {
        if (first) this.finishReason = reason
        this.complete = true
      }
    }
    return made
  }

  text(): string {
    return this.#all.toString()
  }

  messages(): readonly HistoryMessage[] {
    if (this.#message !== undefined) return [this.#message]
    const calls = [...this.#calls.values()].map((call) => ({
      id: call.id,
      name: call.name.toString(),
      arguments: call.arguments.toString(),
    }))
    const content = withToolCalls(this.#content.toString(), calls)
    return content === '' ? [] : [{ role: 'assistant', content }]
  }

  #head(body: Json): void {
    this.responseId ??= textOf(body.id)
    this.responseModel ??= textOf(body.model)
    if (isJson(body.usage)) this.usage = body.usage
    if (body.error) this.error ??= providerError(body.error, 'provider_error')
  }

  #toolCall(call: Json, first: boolean): boolean {
    const made = jsonOf(call.function)
    const name = this.#all.add(made.name)
    const args = this.#all.add(made.arguments)
    // What all of the answer may hold, its calls may hold too.
    if (first && !this.#all.isFull) {
      const known = this.#callAt(call.index)
      if (known === undefined) return name || args
      known.id ??= call.id
      known.name.add(made.name)
      known.arguments.add(made.arguments)
    }
    return name || args
  }

  /** Undefined when there are too many. */
  #callAt(index: unknown): GrowingCall | undefined {
    const known = this.#calls.get(index)
    if (known !== undefined || this.#calls.size >= MAX_PARTS) return known
    const call = { id: undefined, name: new BoundedText(), arguments: new BoundedText() }
    this.#calls.set(index, call)
    return call
  }
}
