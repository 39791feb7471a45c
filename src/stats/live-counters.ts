/** Plain numbers in memory: hydrated once from the files, then updated by each append. */
import { ownText } from '../entry/ids.js'
import { parseEntry } from '../journal/parse-entry.js'
import { readLines } from '../journal/read-lines.js'
import { ChatTable, type ChatTotals, chatKey, TOTALS } from './chat-totals.js'
import { type CountedRequest, countedOf, replaces } from './counted-request.js'
import { type CachedStats, Counters } from './counters.js'
import { RecentRequests } from './recent-requests.js'
import type { StatsScope } from './stats-engine.js'

interface Chat {
  readonly projectId: string
  readonly chatId: string
  readonly counters: Counters
}

interface Project {
  readonly id: string
  readonly counters: Counters
  readonly chats: Map<string, Chat>
  /** What was there at open, of a log too large to count its requests one by one. */
  readonly before: ChatTable
}

export class LiveCounters {
  #all = new Counters()
  readonly #projects = new Map<string, Project>()
  /** The state of each id that counts in all. */
  readonly #recent = new RecentRequests()
  /** The states of ids that another project's state outdoes in all, by project and id: ids should be unique. */
  readonly #outdone = new Map<string, CountedRequest>()

  /**
   * Counts a request whose line is in a file; `isNew` says that no other line has its id. False when what counted of it
   * before had ended, too. Costs microseconds.
   */
  count(request: CountedRequest, isNew = false): boolean {
    const winner = isNew ? undefined : this.#recent.get(request.id)
    if (winner !== undefined) return this.#countAgain(request, winner)
    const chat = this.#applyToProject(request, 1)
    this.#all.apply(request, 1)
    this.#recent.set(request, chat, true)
    return true
  }

  #countAgain(request: CountedRequest, winner: CountedRequest): boolean {
    const key = `${request.projectId}/${request.id}`
    const before = winner.projectId === request.projectId ? winner : this.#outdone.get(key)
    const isFirstEnd = winner.status === 'pending' && (before === undefined || before.status === 'pending')
    if (before !== undefined) {
      if (!replaces(request, before)) return false
      this.#applyToProject(before, -1)
    }
    const chat = this.#applyToProject(request, 1)
    if (!replaces(request, winner)) {
      this.#outdone.set(key, request)
      return isFirstEnd
    }
    this.#all.apply(winner, -1)
    this.#all.apply(request, 1)
    this.#recent.set(request, chat, false)
    if (winner !== before) {
      this.#outdone.set(`${winner.projectId}/${winner.id}`, winner)
      this.#outdone.delete(key)
    }
    return isFirstEnd
  }

  #applyToProject(request: CountedRequest, sign: 1 | -1): Chat {
    const { projectId, chatId } = request
    const project = this.#project(projectId)
    let chat = project.chats.get(chatId)
    if (chat === undefined) {
      chat = { projectId: project.id, chatId: ownText(chatId), counters: new Counters() }
      project.chats.set(chat.chatId, chat)
    }
    project.counters.apply(request, sign)
    chat.counters.apply(request, sign)
    return chat
  }

  #project(projectId: string): Project {
    let project = this.#projects.get(projectId)
    if (project === undefined) {
      project = {
        id: ownText(projectId),
        counters: new Counters(),
        chats: new Map(),
        before: new ChatTable(),
      }
      this.#projects.set(project.id, project)
    }
    return project
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

  /** Before anything was logged. */
  clear(): void {
    this.#all = new Counters()
    this.#projects.clear()
  }

  /** Adds the sums of a chat; requests of which they are made are not known by their ids. */
  take(
    projectId: string,
    totals: ChatTotals,
    chat: number,
    counts: { inProject: boolean; inAll: boolean },
  ): void {
    if (counts.inAll) this.#all.add(totals.sums, chat * TOTALS)
    if (!counts.inProject) return
    const project = this.#project(projectId)
    project.counters.add(totals.sums, chat * TOTALS)
    project.before.add(totals, chat)
  }

  /** Zeros for a scope that has no entries. */
  read(scope: StatsScope): CachedStats {
    return (this.#counters(scope) ?? new Counters()).read(scope)
  }

  #counters(scope: StatsScope): Counters | undefined {
    if (scope.type === 'global') return this.#all
    const project = this.#projects.get(scope.projectId)
    if (scope.type === 'project' || project === undefined) return project?.counters
    const chat = project.chats.get(scope.chatId)?.counters
    const before = project.before.get(chatKey(scope.chatId))
    if (before === undefined) return chat
    const both = new Counters()
    both.add(before, 0)
    if (chat !== undefined) both.merge(chat)
    return both
  }
}
