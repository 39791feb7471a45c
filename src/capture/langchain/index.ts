/** Capture of LangChain as a handler of its callbacks. The package itself is not imported. */

import type { HistoryMessage } from '../../chat-log/message.js'
import { type CaptureOptions, reportCaptureError } from '../capture.js'
import { checkCaptureOptions } from '../check-options.js'
import { IdleStreams } from '../frameworks/idle-streams.js'
import type { FrameworkOptions } from '../frameworks/options.js'
import { prepareScopes } from '../inside-capture.js'
import { jsonOf } from '../json.js'
import { messagesHistory } from './history.js'
import type { RunStart } from './request.js'
import { Run } from './run.js'

export type { CaptureOptions, CaptureRequest, PerRequest } from '../capture.js'
export type { FrameworkOptions } from '../frameworks/options.js'

/**
 * For `callbacks: [new LedgerCallbackHandler(options)]` of a model, a chain or a call. Each run of a model is one entry,
 * however often LangChain retries it; chains, agents, tools and retrievers are none. The functions in the options get
 * the call's parameters as `body`, with `messages`, `metadata`, `tags` and `run_id`. No method throws or waits.
 */
export class LedgerCallbackHandler {
  readonly name = 'ledgerline'
  readonly lc_serializable = false
  readonly ignoreLLM = false
  readonly ignoreChain = true
  readonly ignoreAgent = true
  readonly ignoreRetriever = true
  readonly ignoreCustomEvent = true
  readonly raiseError = false
  /** Called at once and not from LangChain's queue, which would falsify the times. Nothing here is waited for. */
  readonly awaitHandlers = true

  readonly #options: CaptureOptions
  readonly #runs = new Map<string, Run>()
  readonly #streams: IdleStreams<string>

  constructor(options: FrameworkOptions) {
    checkCaptureOptions(options, 'LedgerCallbackHandler', ['idleMs'])
    this.#options = options
    this.#streams = new IdleStreams(options.idleMs, (runId) => this.#quietly(() => this.#take(runId)?.left()))
    prepareScopes()
  }

  /** The same handler: its runs must find their ends. */
  copy(): this {
    return this
  }

  handleChatModelStart(
    llm: unknown,
    messages: unknown[][],
    runId: string,
    parentRunId?: string,
    extraParams?: Record<string, unknown>,
    tags?: string[],
    metadata?: Record<string, unknown>,
  ): void {
    const sent = [...(messages[0] ?? [])]
    const history = (): HistoryMessage[] => messagesHistory(sent)
    this.#start({
      endpoint: 'langchain.chat',
      llm,
      sent,
      history,
      runId,
      parentRunId,
      extraParams,
      tags,
      metadata,
    })
  }

  handleLLMStart(
    llm: unknown,
    prompts: string[],
    runId: string,
    parentRunId?: string,
    extraParams?: Record<string, unknown>,
    tags?: string[],
    metadata?: Record<string, unknown>,
  ): void {
    const prompt = prompts[0] ?? ''
    const history = (): HistoryMessage[] => [{ role: 'user', content: prompt }]
    this.#start({
      endpoint: 'langchain.llm',
      llm,
      sent: prompt,
      history,
      runId,
      parentRunId,
      extraParams,
      tags,
      metadata,
    })
  }

  handleLLMNewToken(
    token: string,
    _indices: unknown,
    runId: string,
    _parentRunId?: string,
    _tags?: string[],
    fields?: unknown,
  ): void {
    this.#quietly(() => {
      const run = this.#runs.get(runId)
      if (run === undefined) return
      run.token(token, jsonOf(fields).chunk)
      this.#streams.seen(runId)
    })
  }

  handleLLMEnd(
    output: unknown,
    runId: string,
    _parentRunId?: string,
    _tags?: string[],
    extraParams?: Record<string, unknown>,
  ): void {
    this.#quietly(() => this.#take(runId)?.end(output, extraParams?.cached === true))
  }

  handleLLMError(error: unknown, runId: string): void {
    this.#quietly(() => this.#take(runId)?.failed(error))
  }

  #start(start: RunStart): void {
    this.#quietly(() => {
      if (!claim(this.#options.ledger, start.runId)) return
      this.#runs.set(start.runId, new Run(this.#options, start))
    })
  }

  #take(runId: string): Run | undefined {
    const run = this.#runs.get(runId)
    if (run === undefined) return undefined
    this.#runs.delete(runId)
    claimed.get(this.#options.ledger)?.delete(runId)
    this.#streams.over(runId)
    return run
  }

  #quietly(work: () => void): void {
    try {
      work()
    } catch (error) {
      reportCaptureError(this.#options, error)
    }
  }
}

/** The runs that a handler of a ledger logs: with a second handler on the same run it is one entry still. */
const claimed = new WeakMap<object, Set<string>>()

function claim(ledger: object, runId: string): boolean {
  const runs = claimed.get(ledger) ?? new Set()
  claimed.set(ledger, runs)
  if (runs.has(runId)) return false
  runs.add(runId)
  return true
}
