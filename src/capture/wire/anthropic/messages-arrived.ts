/** The answer of the messages API, whole or event by event. */
import type { HistoryMessage } from '../../../chat-log/message.js'
import type { EntryError } from '../../../entry/entry.js'
import { mergeAnthropicUsage } from '../../../tokens/anthropic-usage.js'
import { isJson, type Json, jsonOf, parseJson, textOf } from '../../json.js'
import { type Arrived, BoundedText, providerError } from '../arrived.js'
import { assistantMessage } from './history.js'

/** A block in the making: what it began as, and the text that came since. */
interface GrowingBlock {
  readonly begun: Json
  readonly text: BoundedText
}

export class MessagesArrived implements Arrived {
  complete = false
  responseId: string | undefined
  responseModel: string | undefined
  finishReason: string | undefined
  error: EntryError | undefined
  usage: unknown
  /** Of the start of a stream: the input is counted, the output is not yet. */
  startUsage: Json | undefined

  readonly #all = new BoundedText()
  readonly #blocks = new Map<unknown, GrowingBlock>()
  #message: HistoryMessage | undefined

  whole(body: Json): void {
    this.#head(body)
    if (isJson(body.usage)) this.usage = body.usage
    this.finishReason = textOf(body.stop_reason)
    if (Array.isArray(body.content)) {
      this.#message = assistantMessage(body.content)
      for (const block of body.content.filter(isJson)) this.#all.add(block.thinking)
      this.#all.add(this.#message.content)
    } else if (isJson(body.error)) this.error = providerError(body.error, 'provider_error')
    else this.error = { code: 'invalid_response', message: 'The answer holds no content.' }
    this.complete = true
  }

  event(event: Json): boolean {
    switch (event.type) {
      case 'message_start':
        this.#head(jsonOf(event.message))
        this.startUsage = usageIn(event.message)
        return false
      case 'content_block_start':
        return this.#begin(event.index, jsonOf(event.content_block))
      case 'content_block_delta':
        return this.#grow(event.index, jsonOf(event.delta))
      case 'message_delta':
        this.#end(event)
        return false
      case 'message_stop':
        this.complete = true
        return false
      case 'error':
        this.error ??= providerError(event.error, 'provider_error')
        return false
      default:
        return false
    }
  }

  text(): string {
    return this.#all.toString()
  }

  messages(): readonly HistoryMessage[] {
    const message = this.#message ?? assistantMessage([...this.#blocks.values()].map(blockOf))
    return message.content === '' ? [] : [message]
  }

  #head(message: Json): void {
    this.responseId ??= textOf(message.id)
    this.responseModel ??= textOf(message.model)
  }

  #begin(index: unknown, block: Json): boolean {
    if (this.#blocks.size >= MAX_BLOCKS) return false
    const text = new BoundedText()
    this.#blocks.set(index, { begun: block, text })
    text.add(block.text)
    // Of what a server tool found nothing is kept, so only what the model made counts.
    const made = [block.text, block.thinking, block.name].map((piece) => this.#all.add(piece))
    return made.includes(true)
  }

  #grow(index: unknown, delta: Json): boolean {
    const text = this.#blocks.get(index)?.text
    if (delta.type === 'text_delta') text?.add(delta.text)
    if (delta.type === 'input_json_delta') text?.add(delta.partial_json)
    const made = [delta.text, delta.thinking, delta.partial_json].map((piece) => this.#all.add(piece))
    return made.includes(true)
  }

  #end(event: Json): void {
    const reason = textOf(jsonOf(event.delta).stop_reason)
    if (reason !== undefined) {
      this.finishReason = reason
      this.complete = true
    }
    const usage = usageIn(event)
    // Its counts are those of the whole answer; what it leaves out the start has said.
    if (usage !== undefined) this.usage = mergeAnthropicUsage(this.startUsage, usage)
  }
}

function blockOf({ begun, text }: GrowingBlock): Json {
  const grown = text.toString()
  if (begun.type === 'text') return { type: 'text', text: grown }
  if (grown === '') return begun
  // As it will be resent; what broke off is kept as it came.
  return { ...begun, input: parseJson(grown) ?? grown }
}

function usageIn(holder: unknown): Json | undefined {
  const { usage } = jsonOf(holder)
  return isJson(usage) ? usage : undefined
}

const MAX_BLOCKS = 1_000
