/** ledger.query and writeParquet: the checked question, the files and messages it may read, its end when the ledger closes. */
import { lstatSync } from 'node:fs'
import { isAbsolute } from 'node:path'
import { chatIdsWithFiles, readMessages } from '../chat-log/read-chat.js'
import { isObject } from '../entry/own-fields.js'
import { parseInstant } from '../entry/timestamp.js'
import { invalid, StateError } from '../errors.js'
import type { QueryOptions } from '../stats/log-questions.js'
import type { MessageRow, QueryEngine, QueryQuestion, QueryResult } from '../stats/query-engine.js'
import { checkOptions } from '../stats/question.js'
import { checkSignal, untilCancelled } from './cancellation.js'
import { checkId, type OpenProject, type Projects } from './projects.js'
import { withSources } from './sources.js'

export interface QueryDeskParts {
  readonly projects: Projects
  /** Called at the first query. */
  readonly loadEngine: () => Promise<QueryEngine>
}

export class QueryDesk {
  readonly #parts: QueryDeskParts
  readonly #closing = new AbortController()
  readonly #running = new Set<Promise<unknown>>()
  #engine: Promise<QueryEngine> | undefined

  constructor(parts: QueryDeskParts) {
    this.#parts = parts
  }

  /** As Ledger.query says. */
  async query(sql: string, options: QueryOptions): Promise<QueryResult> {
    const question = await this.#question('query', sql, options)
    return this.#run(async (engine) => engine.query(question), question.signal)
  }

  /** As Ledger.writeParquet says. */
  async writeParquet(sql: string, path: string, options: QueryOptions): Promise<number> {
    const question = await this.#question('writeParquet', sql, options)
    checkEmptyFile(path)
    return this.#run(async (engine) => engine.writeParquet(question, path), question.signal)
  }

  /** Ends what runs. */
  async close(): Promise<void> {
    this.#closing.abort(new StateError('LEDGER_CLOSED', 'the ledger was closed', { operation: 'query' }))
    await Promise.allSettled(this.#running)
    await (await this.#engine?.catch(() => undefined))?.close()
  }

  async #question(operation: string, sql: string, options: QueryOptions): Promise<QueryQuestion> {
    const given: unknown = options
    if (!isObject(given)) throw invalid(operation, 'INVALID_OPTION', 'options', 'is not an object')
    const { projectId, chatId, maxRows } = options
    if (chatId !== undefined) checkId(operation, 'INVALID_CHAT_ID', 'chatId', chatId)
    if (maxRows !== undefined && !(Number.isSafeInteger(maxRows) && maxRows >= 0))
      throw invalid(operation, 'INVALID_OPTION', 'maxRows', 'is no integer from 0')
    const signal = checkSignal(operation, options.signal)
    const { fromMs, toMs, filter } = checkOptions(options, operation, [
      'projectId',
      'chatId',
      'maxRows',
      'signal',
    ])
    const projects = await this.#parts.projects.chosen(projectId, operation)
    const closing = this.#closing.signal
    const conditions = { chatId, fromMs, toMs, filter }
    return {
      sql,
      conditions,
      limit: maxRows,
      signal: signal === undefined ? closing : AbortSignal.any([closing, signal]),
      withSources: (use) => withSources(projects, projectId !== undefined, use),
      messages: () => messagesOf(projects, conditions),
    }
  }

  /** Ends at once when it is cancelled while it waits for its turn. */
  async #run<T>(work: (engine: QueryEngine) => Promise<T>, signal: AbortSignal): Promise<T> {
    this.#engine ??= this.#parts.loadEngine()
    const running = this.#engine.then(work)
    this.#running.add(running)
    const onSettled = (): unknown => this.#running.delete(running)
    running.then(onSettled, onSettled)
    return untilCancelled('query', running, signal)
  }
}

async function* messagesOf(
  projects: readonly OpenProject[],
  { chatId, fromMs = Number.NEGATIVE_INFINITY, toMs = Number.POSITIVE_INFINITY }: MessageConditions,
): AsyncGenerator<MessageRow> {
  for (const { root } of projects) {
    for (const id of chatIdsWithFiles(root)) {
      if (chatId !== undefined && id !== chatId) continue
      let position = 0
      for (const message of (await readMessages(root, id)).values()) {
        position += 1
        const ms = parseInstant(message.created_at)
        const isAsked =
          ms === undefined ? !Number.isFinite(fromMs) && !Number.isFinite(toMs) : ms >= fromMs && ms <= toMs
        if (isAsked) yield { position, message }
      }
    }
  }
}

type MessageConditions = Pick<QueryQuestion['conditions'], 'chatId' | 'fromMs' | 'toMs'>

/** The engine writes to the path itself, so it is made before, with the mode and the name that its owner chose. */
function checkEmptyFile(path: unknown): void {
  const found =
    typeof path === 'string' && isAbsolute(path) ? lstatSync(path, { throwIfNoEntry: false }) : undefined
  if (found?.isFile() === true && found.size === 0) return
  throw invalid('writeParquet', 'INVALID_OPTION', 'path', 'is no absolute path of an empty regular file')
}
