/** The workspace's own registry: a folder a project, `projects/<slug>/project.json`. */
import { randomUUID } from 'node:crypto'
import { statSync } from 'node:fs'
import { mkdir, open, readdir, readFile, rename } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { isObject } from '../entry/own-fields.js'
import { redactText } from '../entry/redact.js'
import { formatInstant } from '../entry/timestamp.js'
import { FileSystemError, invalid } from '../errors.js'
import { makeFolder } from '../journal/make-folder.js'
import { CHATS_DIR, LOGS_DIR, REQUESTS } from '../journal/project-journal.js'
import { listRefused, listSegments } from '../journal/segments.js'
import { syncName } from '../journal/sync-name.js'
import { PROJECT_STATUSES, type Project, type ProjectInput } from './project.js'
import { isProjectName, slugOf } from './slug.js'

export const PROJECT_FILE = 'project.json'

/** Finds projects by id. What another process makes is found at the next look. */
export class WorkspaceRegistry {
  readonly #dir: string
  readonly #known = new Map<string, Project>()

  /** By folder: files that were read, which are only written whole and renamed into place. */
  readonly #files = new Map<string, { readonly state: string; readonly project: Project }>()
  readonly #unreadable = new Set<string>()
  readonly #onUnreadable: (path: string) => void

  /** `workspace` is absolute. `onUnreadable` is told once of each folder with logs and no readable project.json. */
  constructor(workspace: string, onUnreadable: (path: string) => void = () => undefined) {
    this.#dir = join(workspace, 'projects')
    this.#onUnreadable = onUnreadable
  }

  /** As the last list() found them. */
  get unreadable(): readonly string[] {
    return [...this.#unreadable]
  }

  /** Throws ValidationError INVALID_NAME, FileSystemError WORKSPACE_NOT_WRITABLE. */
  async create(input: ProjectInput): Promise<Project> {
    const given: unknown = input
    if (!isObject(given)) throw invalid('createProject', 'INVALID_NAME', 'input', 'is not an object')
    const { name, defaultModel = null } = input
    if (!isProjectName(name)) throw invalid('createProject', 'INVALID_NAME', 'name', 'is not a project name')
    if (defaultModel !== null && typeof defaultModel !== 'string') {
      throw invalid('createProject', 'INVALID_MODEL', 'defaultModel', 'is not a string')
    }
    try {
      const slug = await this.#reserve(name)
      const now = formatInstant(Date.now())
      const paths = pathsOf(join(this.#dir, slug))
      const project: Project = {
        id: randomUUID(),
        name,
        slug,
        status: 'active',
        createdAt: now,
        updatedAt: now,
        defaultModel: defaultModel === null ? null : redactText(defaultModel),
        paths,
      }
      await mkdir(paths.logsDir, { mode: 0o700 })
      await mkdir(paths.chatsDir, { mode: 0o700 })
      await writeWhole(join(paths.root, PROJECT_FILE), toFile(project))
      this.#known.set(project.id, project)
      return project
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause)
      const details = { operation: 'createProject', path: this.#dir, cause }
      throw new FileSystemError('WORKSPACE_NOT_WRITABLE', `could not make the project: ${reason}`, details)
    }
  }

  async find(id: string): Promise<Project | undefined> {
    if (!this.#known.has(id)) await this.list()
    return this.#known.get(id)
  }

  /** By creation. A folder without a readable project.json is passed over. */
  async list(): Promise<Project[]> {
    const found: Project[] = []
    // One after another: a workspace may hold more projects than a process has descriptors.
    const names = await namesIn(this.#dir)
    for (const root of this.#unreadable) if (!names.includes(basename(root))) this.#unreadable.delete(root)
    for (const slug of names) {
      const project = await this.#read(slug)
      if (project !== undefined) found.push(project)
    }
    for (const project of found) this.#known.set(project.id, project)
    return found.sort((a, b) =>
      a.createdAt < b.createdAt ? -1 : a.createdAt > b.createdAt ? 1 : a.slug < b.slug ? -1 : 1,
    )
  }

  /** mkdir succeeds for one process only, so a slug is never given twice. */
  async #reserve(name: string): Promise<string> {
    makeFolder(this.#dir)
    for (let attempt = 1; ; attempt++) {
      const slug = slugOf(name, attempt)
      try {
        await mkdir(join(this.#dir, slug), { mode: 0o700 })
        return slug
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
      }
    }
  }

  async #read(slug: string): Promise<Project | undefined> {
    const root = join(this.#dir, slug)
    const state = stateOf(join(root, PROJECT_FILE))
    const known = this.#files.get(root)
    if (state !== undefined && known?.state === state) return known.project
    const project = await readProject(root)
    if (project !== undefined && state !== undefined) this.#files.set(root, { state, project })
    if (project !== undefined || !holdsLogs(root)) {
      this.#unreadable.delete(root)
    } else if (!this.#unreadable.has(root)) {
      this.#unreadable.add(root)
      this.#onUnreadable(root)
    }
    return project
  }
}

/** Undefined when the folder holds no project. Throws FileSystemError LOG_READ_ERROR when that cannot be told. */
async function readProject(root: string): Promise<Project | undefined> {
  const path = join(root, PROJECT_FILE)
  const text = await readFile(path, 'utf8').catch((cause: unknown) => undefinedWhenAbsent(cause, path))
  if (text === undefined) return undefined
  try {
    return fromFile(JSON.parse(text), root)
  } catch {
    return undefined
  }
}

/** Another one when the file was replaced or changed; undefined when that cannot be told. */
function stateOf(path: string): string | undefined {
  try {
    const { dev, ino, size, mtimeMs, ctimeMs } = statSync(path)
    return [dev, ino, size, mtimeMs, ctimeMs].join(':')
  } catch {
    return undefined
  }
}

async function namesIn(dir: string): Promise<string[]> {
  return (await readdir(dir).catch((cause: unknown) => undefinedWhenAbsent(cause, dir))) ?? []
}

/** Out of descriptors or not allowed is not the same as not there. */
function undefinedWhenAbsent(cause: unknown, path: string): undefined {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
  const message = `could not read ${path} (${code})`
  throw new FileSystemError('LOG_READ_ERROR', message, { operation: 'readProjects', path, cause })
}

/** False for one that is being made: its first log comes after its file. And for a file, which is no project. */
function holdsLogs(root: string): boolean {
  if (statSync(root, { throwIfNoEntry: false })?.isDirectory() !== true) return false
  const dir = join(root, LOGS_DIR)
  return listRefused(dir, REQUESTS).length > 0 || listSegments(dir, REQUESTS).length > 0
}

function pathsOf(root: string): Project['paths'] {
  return { root: resolve(root), chatsDir: join(root, CHATS_DIR), logsDir: join(root, LOGS_DIR) }
}

/** Paths are relative to the file, so that a workspace can be moved. */
function toFile(project: Project): string {
  const file = {
    id: project.id,
    name: project.name,
    slug: project.slug,
    status: project.status,
    created_at: project.createdAt,
    updated_at: project.updatedAt,
    default_model: project.defaultModel,
    paths: { root: '.', chats_dir: CHATS_DIR, logs_dir: LOGS_DIR },
  }
  return `${JSON.stringify(file, null, 2)}\n`
}

function fromFile(file: Record<string, unknown>, root: string): Project | undefined {
  const { id, name, slug, status, created_at: createdAt, updated_at: updatedAt, default_model: model } = file
  const texts = [id, name, slug, createdAt, updatedAt]
  if (!texts.every((text) => typeof text === 'string')) return undefined
  return {
    id: String(id),
    name: String(name),
    slug: String(slug),
    status: PROJECT_STATUSES.find((known) => known === status) ?? 'active',
    createdAt: String(createdAt),
    updatedAt: String(updatedAt),
    defaultModel: typeof model === 'string' ? model : null,
    paths: pathsOf(root),
  }
}

/** A reader sees the whole file or none, also after power loss. */
async function writeWhole(path: string, text: string): Promise<void> {
  const draft = `${path}.${randomUUID()}`
  const file = await open(draft, 'wx', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(draft, path)
  await syncName(path)
}
