/** What has arrived of an answer of the AI SDK so far: whole, or part by part. */
import type { HistoryMessage } from '../../chat-log/message.js'
import type { EntryError } from '../../entry/entry.js'
import { describeThrown, INTERRUPTED } from '../frameworks/thrown.js'
import { isJson, type Json, jsonOf, listOf, textOf } from '../json.js'
import { BoundedText } from '../wire/arrived.js'
import { answerMessage } from './history.js'

interface Block {
  readonly type: 'text' | 'tool-call'
  readonly toolName?: unknown
  /** The text, or the input of the tool. */
  readonly text: BoundedText
}

export class Answer {
  finishReason: unknown
  /** The provider's own word for it. */
  rawFinishReason: unknown
  usage: Json | undefined
  providerMetadata: unknown
  responseId: unknown
  responseModel: unknown
  responseHeaders: Json = {}
  body: Json = {}
  /** The error that a stream carried. */
  error: EntryError | undefined
  /** True once the model said that it is done. */
  isFinished = false

  readonly #all = new BoundedText()
  readonly #blocks = new Map<string, Block>()
  #whole: readonly unknown[] | undefined

  whole(result: Json): void {
    this.#whole = listOf(result.content)
    for (const part of this.#whole.filter(isJson)) {
      this.#all.add(part.text)
      this.#all.add(part.toolName)
      this.#all.add(part.input)
    }
    this.response(result.response)
    this.body = jsonOf(jsonOf(result.response).body)
    this.#finish(result)
  }

  response(response: unknown): void {
    const { id, modelId, headers } = jsonOf(response)
    this.responseId ??= id
    this.responseModel ??= modelId
    if (isJson(headers)) this.responseHeaders = headers
  }

  /** The next part of a stream. Returns true when it carried something the model made. */
  part(part: Json): boolean {
    switch (part.type) {
      case 'text-delta':
        this.#block('text', part.id).text.add(part.delta)
        return this.#all.add(part.delta)
      case 'reasoning-delta':
        return this.#all.add(part.delta)
      case 'tool-input-start':
        this.#block('tool-call', part.id, part.toolName)
        return this.#all.add(part.toolName)
      case 'tool-input-delta':
        this.#block('tool-call', part.id).text.add(part.delta)
        return this.#all.add(part.delta)
      case 'tool-call':
        return this.#toolCall(part)
      case 'file':
        return true
      case 'response-metadata':
        this.response(part)
        return false
      case 'error':
        this.error ??= describeThrown(part.error).error
        return false
      case 'finish':
        this.#finish(part)
        return false
      default:
        return false
    }
  }

  /** All text the model made, also reasoning and inputs of tools: what an estimate counts. */
  text(): string {
    return this.#all.toString()
  }

  messages(): readonly HistoryMessage[] {
    const message = answerMessage(this.#whole ?? [...this.#blocks].map(partOf))
    return message.content === '' ? [] : [message]
  }

  #block(type: Block['type'], id: unknown, toolName?: unknown): Block {
    const key = `${type}:${String(id)}`
    const known = this.#blocks.get(key)
    if (known !== undefined) return known
    const block = { type, toolName, text: new BoundedText() }
    this.#blocks.set(key, block)
    return block
  }

  /** Some providers stream the input before, others give it here only. */
  #toolCall(part: Json): boolean {
    const isNew = !this.#blocks.has(`tool-call:${String(part.toolCallId)}`)
    const { text } = this.#block('tool-call', part.toolCallId, part.toolName)
    if (!isNew && text.toString() !== '') return false
    text.add(part.input)
    this.#all.add(part.toolName)
    return this.#all.add(part.input) || isNew
  }

  #finish(end: Json): void {
    const { finishReason, usage, providerMetadata } = end
    this.finishReason = isJson(finishReason) ? finishReason.unified : finishReason
    this.rawFinishReason = isJson(finishReason) ? finishReason.raw : undefined
    this.usage = isJson(usage) ? usage : undefined
    this.providerMetadata = providerMetadata
    this.isFinished = true
    if (this.#isCutOff()) this.error ??= INTERRUPTED
  }

  /** Providers of the AI SDK finish a stream that just ended as well: without a reason and without any count. */
  #isCutOff(): boolean {
    if (this.#whole !== undefined || textOf(this.rawFinishReason) !== undefined) return false
    const isUnknown = this.finishReason === 'other' || this.finishReason === 'unknown'
    return isUnknown && !hasCount(this.usage)
  }
}

function partOf([key, { type, toolName, text }]: [string, Block]): unknown {
  if (type === 'text') return { type, text: text.toString() }
  return { type, toolCallId: key.slice('tool-call:'.length), toolName, input: text.toString() }
}

/** Counts stand in `usage` itself in version 2 of the model's contract and one level deeper in version 3. */
function hasCount(usage: Json | undefined): boolean {
  const values = Object.values(usage ?? {})
  return [...values, ...values.filter(isJson).flatMap(Object.values)].some(
    (value) => typeof value === 'number',
  )
}
