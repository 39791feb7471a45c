/** The projects that exporters name, by id, slug or name. */
import { redactText } from '../../entry/redact.js'
import { LedgerlineError, ValidationError } from '../../errors.js'
import type { Ledger } from '../../ledger.js'

type Registry = Pick<Ledger, 'listProjects' | 'createProject' | 'getProjectMetrics'>

/** Names remembered at once. */
const MAX_NAMES = 1_000

/** One for an export, so that any number of unknown names costs one look at the list. */
export interface ProjectSearch {
  /** The id; undefined when there is no such project. Throws what the ledger throws when the disk refuses. */
  find(name: string): Promise<string | undefined>
}

export class ProjectNames {
  readonly #registry: Registry
  readonly #found = new Map<string, string>()
  #creating: Promise<unknown> = Promise.resolve()

  constructor(registry: Registry) {
    this.#registry = registry
  }

  search(): ProjectSearch {
    let listed: Promise<ReadonlyMap<string, string> | undefined> | undefined
    return {
      find: async (name) => {
        const known = this.#found.get(name)
        if (known !== undefined) return known
        listed ??= this.#list()
        const id = await this.#lookUp(name, await listed)
        if (id !== undefined) this.#remember(name, id)
        return id
      },
    }
  }

  /** The id of the project of that name, made when there is none; undefined when no project can have the name. */
  async findOrCreate(name: string): Promise<string | undefined> {
    const projectName = cleanName(name)
    if (projectName === '') return undefined
    const before = this.#creating.catch(() => undefined)
    const mine = before.then(async () => {
      const id =
        (await this.search().find(name)) ?? (await this.#registry.createProject({ name: projectName })).id
      this.#remember(name, id)
      return id
    })
    this.#creating = mine
    return mine
  }

  /** Undefined where the projects are the host's: it only says whether one exists. */
  async #list(): Promise<ReadonlyMap<string, string> | undefined> {
    try {
      const byName = new Map<string, string>()
      const projects = await this.#registry.listProjects()
      for (const { id, name } of projects) byName.set(name, id)
      for (const { id, slug } of projects) byName.set(slug, id)
      for (const { id } of projects) byName.set(id, id)
      return byName
    } catch (error) {
      if (error instanceof LedgerlineError && error.code === 'REGISTRY_IS_EXTERNAL') return undefined
      throw error
    }
  }

  async #lookUp(name: string, listed: ReadonlyMap<string, string> | undefined): Promise<string | undefined> {
    if (listed !== undefined) return listed.get(name) ?? listed.get(cleanName(name))
    try {
      await this.#registry.getProjectMetrics(name)
      return name
    } catch (error) {
      if (error instanceof ValidationError) return undefined
      if (error instanceof LedgerlineError && error.code === 'PROJECT_NOT_FOUND') return undefined
      throw error
    }
  }

  #remember(name: string, id: string): void {
    if (this.#found.size >= MAX_NAMES) this.#found.clear()
    this.#found.set(name, id)
  }
}

/** The nearest name that a project may have, without credentials; empty when there is none. */
function cleanName(name: string): string {
  return redactText(name)
    .replace(/[^A-Za-z0-9_ -]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 100)
}
