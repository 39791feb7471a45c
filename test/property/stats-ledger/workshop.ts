/** A workspace on which a program is run; each answer is that of the fold over the files as they are then. */
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import {
  type Ledger,
  type LLMRequestHandle,
  type LLMRequestLogEntry,
  openLedger,
  type Project,
  type Stats,
  type StatsScope,
} from '../../../src/index.js'
import { checkOptions } from '../../../src/stats/question.js'
import type { StatsQuestion } from '../../../src/stats/stats-engine.js'
import { damagedLines, journalFiles } from '../../journal-files.js'
import { near } from '../../stats-equal.js'
import { foldStats } from '../../stats-fold.js'
import { readWinners } from '../../stats-fold-lines.js'
import { type Fields, GONE, type Question, type Step, type Which } from './steps.js'

const FOREIGN_SLOT = 7

/** Not from a clock, so that a program that failed fails again. */
const END = { timestamp_end: '2040-01-01T00:00:00.000Z', timings: { latency_ms: 7, total_duration_ms: 7 } }

export class Workshop {
  readonly #workspace = mkdtempSync(join(tmpdir(), 'ledgerline-program-'))
  readonly #ledgers = new Map<Which, Ledger>()
  #handles: { readonly by: Which; readonly handle: LLMRequestHandle }[] = []
  readonly #acknowledged = new Set<string>()
  #projects: readonly Project[] = []

  async run(program: readonly Step[]): Promise<void> {
    try {
      const ledger = await this.#ledger(0)
      for (const name of ['One', 'Two']) await ledger.createProject({ name })
      this.#projects = await ledger.listProjects()
      for (const step of program) await this.#do(step)
    } finally {
      await Promise.all([...this.#ledgers.values()].map((ledger) => ledger.close()))
      rmSync(this.#workspace, { recursive: true, force: true })
    }
  }

  async #do(step: Step): Promise<void> {
    switch (step.do) {
      case 'log':
        return this.#log(step.by, this.#entry(step.project, step.entry))
      case 'start': {
        const ledger = await this.#ledger(step.by)
        const handle = await ledger.startLLMRequest(this.#entry(step.project, step.entry))
        this.#acknowledged.add(handle.id)
        this.#handles.push({ by: step.by, handle })
        return
      }
      case 'finish': {
        const [ended] = this.#handles.splice(step.nth % Math.max(1, this.#handles.length), 1)
        if (step.as === 'fail') await ended?.handle.fail({ code: 'e1', message: '' }, END)
        else await ended?.handle[step.as](END)
        return
      }
      case 'write':
        return this.#write(step.project, step.what, step.end)
      case 'rotate':
        expect((await (await this.#ledger(step.by)).rotateLogs()).problems).toEqual([])
        return
      case 'retire': {
        const asked = { retention: step.keep, trustClock: true }
        expect((await (await this.#ledger(step.by)).cleanupOldLogs(asked)).problems).toEqual([])
        return
      }
      case 'repair':
        expect((await (await this.#ledger(step.by)).repair()).problems).toEqual([])
        return
      case 'reopen': {
        // What was begun and not ended stays pending: this process lives.
        this.#handles = this.#handles.filter(({ by }) => by !== step.by)
        await this.#ledgers.get(step.by)?.close()
        this.#ledgers.delete(step.by)
        return
      }
      case 'harm index':
        for (const { paths } of this.#projects) harmIndex(join(paths.logsDir, '.index'), step.how, step.nth)
        return
      case 'ask':
        await this.#ask(step)
        return this.#ask(step)
    }
  }

  /** The first closes segments as they are, the second compresses them. */
  async #ledger(which: Which): Promise<Ledger> {
    const open = this.#ledgers.get(which)
    if (open !== undefined) return open
    const ledger = await openLedger({
      workspace: this.#workspace,
      liveCounters: false,
      upkeep: false,
      rotation: { gzip: which === 1 },
      systemLog: { level: 'silent', pretty: false, file: false },
    })
    this.#ledgers.set(which, ledger)
    return ledger
  }

  #entry(project: Which, fields: Fields): LLMRequestLogEntry {
    const { chat_id, model } = fields
    if (typeof chat_id !== 'string' || typeof model !== 'string')
      throw new Error('an entry names its chat and model')
    return { chat_id, model, ...fields, project_id: this.#project(project).id }
  }

  async #log(by: Which, entry: LLMRequestLogEntry): Promise<void> {
    const { id } = await (await this.#ledger(by)).logLLMRequest(entry)
    this.#acknowledged.add(id)
  }

  #write(project: Which, what: Fields | string, end: string): void {
    const { id, paths } = this.#project(project)
    const writer = { ...GONE, host: hostname() }
    const line =
      typeof what === 'string'
        ? what
        : JSON.stringify({ ...what, project_id: id, ...(what.writer === undefined ? {} : { writer }) })
    if (!existsSync(paths.logsDir)) return
    appendFileSync(join(paths.logsDir, `llm_requests.${FOREIGN_SLOT}.jsonl`), line + end, { mode: 0o600 })
  }

  async #ask(question: Question): Promise<void> {
    const ledger = await this.#ledger(question.by)
    const { scope, expected, isKnown } = this.#fold(question)
    const answer = await ledger.getStats(scope, question.options).catch((error: unknown) => error)
    if (!isKnown) return expect(answer).toMatchObject({ code: 'CHAT_NOT_FOUND' })
    const recovered = isStats(answer) ? answer.summary.integrity.recovered : 0
    const integrity = { ...expected.summary.integrity, recovered }
    const whole = { ...expected, summary: { ...expected.summary, integrity } }
    expect(near(answer, whole)).toEqual(whole)
  }

  #fold({ scope: asked, options }: Question): { scope: StatsScope; expected: Stats; isKnown: boolean } {
    const projects = asked === 'global' ? this.#projects : [this.#project(asked.project)]
    const sources = projects.map(({ id, paths }) => ({ projectId: id, files: journalFiles(paths.logsDir) }))
    const all = this.#projects.map(({ id, paths }) => ({ projectId: id, files: journalFiles(paths.logsDir) }))
    const onDisk = new Set(readWinners(all).winners.map(({ id }) => id))
    expect([...this.#acknowledged].filter((id) => !onDisk.has(id))).toEqual([])
    const chatId = asked === 'global' ? undefined : asked.chat
    const question: StatsQuestion = {
      sources,
      chatId,
      isGone: ({ started }) => started === GONE.started,
      ...checkOptions(options, 'test'),
    }
    const { measures, breakdown, models, firstMs, lastMs, lines } = foldStats(question)
    const damaged = sources
      .flatMap(({ files }) => files.map(damagedLines))
      .reduce((sum, each) => sum + each, 0)
    const counts = { received: lines, persisted: lines, rejected: 0, dropped: 0, damaged, recovered: 0 }
    const scope = this.#scope(asked)
    return {
      scope,
      expected: {
        scope,
        period: { from: options.fromDate ?? instant(firstMs), to: options.toDate ?? instant(lastMs) },
        summary: { ...measures, integrity: counts },
        breakdown,
        models,
      },
      isKnown: chatId === undefined || winnersOfChat(question, chatId) > 0,
    }
  }

  #scope(asked: Question['scope']): StatsScope {
    if (asked === 'global') return { type: 'global' }
    const projectId = this.#project(asked.project).id
    return asked.chat === undefined
      ? { type: 'project', projectId }
      : { type: 'chat', projectId, chatId: asked.chat }
  }

  #project(which: Which): Project {
    const project = this.#projects[which]
    if (project === undefined) throw new Error('the projects were made first')
    return project
  }
}

function winnersOfChat({ sources }: StatsQuestion, chatId: string): number {
  return readWinners(sources).winners.filter(({ line }) => line.chat_id === chatId).length
}

function instant(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString()
}

function isStats(answer: unknown): answer is Stats {
  return typeof answer === 'object' && answer !== null && 'summary' in answer
}

function harmIndex(index: string, how: 'delete' | 'cut' | 'garble', nth: number): void {
  if (how === 'delete') rmSync(index, { recursive: true, force: true })
  const names = existsSync(index) ? readdirSync(index, { recursive: true, encoding: 'utf8' }).sort() : []
  const files = names.map((name) => join(index, name)).filter((path) => statSync(path).isFile())
  const file = files[nth % Math.max(1, files.length)]
  if (file === undefined) return
  const { size } = statSync(file)
  if (how === 'cut') truncateSync(file, Math.floor(size / 2))
  else writeFileSync(file, Buffer.alloc(size, 'x'))
}
