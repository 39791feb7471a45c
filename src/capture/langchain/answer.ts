/** What has arrived of a run's answer so far: tokens, and the result at its end. */
import type { HistoryMessage } from '../../chat-log/message.js'
import type { EntryError, Usage } from '../../entry/entry.js'
import { INTERRUPTED } from '../frameworks/thrown.js'
import { isJson, type Json, jsonOf, listOf, textOf } from '../json.js'
import { BoundedText } from '../wire/arrived.js'
import { withToolCalls } from '../wire/tool-calls.js'
import { contentText, messageOf } from './history.js'
import { usageOf } from './usage.js'

interface ToolCallSoFar {
  id: unknown
  name: string
  readonly args: BoundedText
}

export class Answer {
  error: EntryError | undefined
  readonly #all = new BoundedText()
  readonly #content = new BoundedText()
  readonly #calls = new Map<unknown, ToolCallSoFar>()
  #streamed = false
  /** Of chunks the last value of each field. The end only adds to them: there LangChain has glued texts together. */
  #head: Json = {}
  /** The provider's own object of the last chunk that had one; LangChain adds those of all chunks up. */
  #rawUsage: unknown
  #counts: unknown
  #llmOutput: Json = {}
  #responseId: string | undefined
  #messageId: string | undefined
  #message: HistoryMessage | undefined

  /** Returns true when the token carried something the model made. */
  token(token: unknown, chunk: unknown): boolean {
    this.#streamed = true
    const message = jsonOf(jsonOf(chunk).message)
    const told = toldBy(message, jsonOf(jsonOf(chunk).generationInfo))
    this.#head = { ...this.#head, ...told }
    this.#keepIds(message)
    if (hasFields(told.usage)) this.#rawUsage = told.usage
    const text = textOf(token) ?? contentText(message.content)
    this.#content.add(text)
    let made = this.#all.add(text) || listOf(message.content).length > 0
    made = this.#all.add(jsonOf(message.additional_kwargs).reasoning_content) || made
    for (const call of listOf(message.tool_call_chunks).filter(isJson)) made = this.#toolCall(call) || made
    return made
  }

  end(output: unknown): void {
    this.#llmOutput = jsonOf(jsonOf(output).llmOutput)
    const generations = listOf(listOf(jsonOf(output).generations)[0]).filter(isJson)
    const [first] = generations
    if (first === undefined) {
      this.error = INTERRUPTED
      return
    }
    // Without tokens nothing was counted yet; further choices count but are not part of the chat.
    if (!this.#streamed) for (const { message, text } of generations) this.#all.add(saidBy(message, text))
    const message = jsonOf(first.message)
    const told = toldBy(message, jsonOf(first.generationInfo))
    this.#head = { ...told, ...this.#head }
    this.#keepIds(message)
    this.#rawUsage ??= told.usage
    this.#counts = message.usage_metadata
    this.#message = isJson(first.message)
      ? { ...messageOf(message), role: 'assistant' }
      : { role: 'assistant', content: textOf(first.text) ?? '' }
    if (this.#isCutOff()) this.error = INTERRUPTED
  }

  /** All text the model made: what an estimate counts. */
  text(): string {
    return this.#all.toString()
  }

  messages(): readonly HistoryMessage[] {
    const message = this.#message ?? this.#soFar()
    return message.content === '' ? [] : [message]
  }

  usage(provider: string): Usage | undefined {
    return usageOf(provider, this.#rawUsage, this.#counts, this.#llmOutput)
  }

  get finishReason(): unknown {
    for (const name of FINISH_REASONS) if (textOf(this.#head[name]) !== undefined) return this.#head[name]
    return undefined
  }

  get responseModel(): unknown {
    return this.#head.model_name ?? this.#head.model
  }

  get responseId(): unknown {
    return this.#responseId ?? this.#messageId
  }

  /** The provider's ids. LangChain gives a message the id of the run where the provider gave none. */
  #keepIds(message: Json): void {
    this.#responseId ??= textOf(jsonOf(message.response_metadata).id)
    const id = textOf(message.id)
    if (id !== undefined && !/^(?:lc_)?run-/.test(id)) this.#messageId ??= id
  }

  /** A stream is cut off where neither a reason nor a count came; LangChain takes it for whole. */
  #isCutOff(): boolean {
    return this.#streamed && this.finishReason === undefined && this.usage('') === undefined
  }

  #toolCall(call: Json): boolean {
    const key = call.index ?? call.id
    const known = this.#calls.get(key) ?? { id: undefined, name: '', args: new BoundedText() }
    known.id ??= call.id
    known.name += textOf(call.name) ?? ''
    known.args.add(call.args)
    this.#calls.set(key, known)
    const named = this.#all.add(call.name)
    return this.#all.add(call.args) || named
  }

  #soFar(): HistoryMessage {
    const calls = [...this.#calls.values()].map(({ id, name, args }) => ({
      id,
      name,
      arguments: args.toString(),
    }))
    return { role: 'assistant', content: withToolCalls(this.#content.toString(), calls) }
  }
}

const FINISH_REASONS = ['finish_reason', 'stop_reason', 'finishReason', 'stopReason', 'done_reason', 'status']
const TOLD = [...FINISH_REASONS, 'model_name', 'model', 'usage']

/** What the message and its generation say beside the text; a field without a value says nothing. */
function toldBy(message: Json, generationInfo: Json): Json {
  const metadata = jsonOf(message.response_metadata)
  const all: Json = { ...generationInfo, ...metadata }
  const told: Record<string, unknown> = {}
  for (const name of TOLD) if (all[name] !== undefined && all[name] !== null) told[name] = all[name]
  return told
}

function hasFields(value: unknown): boolean {
  return isJson(value) && Object.keys(value).length > 0
}

function saidBy(message: unknown, text: unknown): unknown {
  return isJson(message) ? messageOf(message).content : text
}
