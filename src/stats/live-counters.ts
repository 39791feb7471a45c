/** Plain numbers in memory: hydrated once from the files, then updated by each append. */
import { parseEntry } from '../journal/parse-entry.js'
import { readLines } from '../journal/read-lines.js'
import { type CountedRequest, countedOf, replaces } from './counted-request.js'
import { type CachedStats, Counters } from './counters.js'
import { RecentRequests } from './recent-requests.js'
import type { StatsScope } from './stats-engine.js'

export class LiveCounters {
  readonly #all = new Counters()
  readonly #projects = new Map<string, Counters>()
  /** By project, then by chat. */
  readonly #chats = new Map<string, Map<string, Counters>>()
  /** The state of each id that counts in all. */
  readonly #recent = new RecentRequests()
  /** The states of ids that another project's state outdoes in all, by project and id: ids should be unique. */
  readonly #outdone = new Map<string, CountedRequest>()

  /** Counts a request whose line is in a file; `isNew` says that no other line has its id. Costs microseconds. */
  count(request: CountedRequest, isNew = false): void {
    const winner = isNew ? undefined : this.#recent.get(request.id)
    if (winner === undefined) {
      this.#applyToProject(request, 1)
      this.#all.apply(request, 1)
      this.#recent.set(request)
    } else {
      this.#countAgain(request, winner)
    }
  }

  #countAgain(request: CountedRequest, winner: CountedRequest): void {
    const key = `${request.projectId}/${request.id}`
    const before = winner.projectId === request.projectId ? winner : this.#outdone.get(key)
    if (before !== undefined) {
      if (!replaces(request, before)) return
      this.#applyToProject(before, -1)
    }
    this.#applyToProject(request, 1)
    if (!replaces(request, winner)) {
      this.#outdone.set(key, request)
      return
    }
    this.#all.apply(winner, -1)
    this.#all.apply(request, 1)
    this.#recent.set(request)
    if (winner !== before) {
      this.#outdone.set(`${winner.projectId}/${winner.id}`, winner)
      this.#outdone.delete(key)
    }
  }

  #applyToProject(request: CountedRequest, sign: 1 | -1): void {
    const { projectId, chatId } = request
    let project = this.#projects.get(projectId)
    let chats = this.#chats.get(projectId)
    if (project === undefined || chats === undefined) {
      project = new Counters()
      chats = new Map()
      this.#projects.set(projectId, project)
      this.#chats.set(projectId, chats)
    }
    let chat = chats.get(chatId)
    if (chat === undefined) {
      chat = new Counters()
      chats.set(chatId, chat)
    }
    project.apply(request, sign)
    chat.apply(request, sign)
  }

  /** Counts every entry of the files, in their order. */
  async hydrate(files: readonly string[]): Promise<void> {
    for (const file of files) {
      for await (const { text } of readLines(file)) {
        const entry = text === undefined ? undefined : parseEntry(text)
        if (entry !== undefined) this.count(countedOf(entry))
      }
    }
  }

  /** Zeros for a scope that has no entries. */
  read(scope: StatsScope): CachedStats {
    return (this.#counters(scope) ?? new Counters()).read(scope)
  }

  #counters(scope: StatsScope): Counters | undefined {
    if (scope.type === 'global') return this.#all
    if (scope.type === 'project') return this.#projects.get(scope.projectId)
    return this.#chats.get(scope.projectId)?.get(scope.chatId)
  }
}
