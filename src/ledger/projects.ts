/** The projects of an open ledger, each with its journal and chat log. */
import { lstatSync } from 'node:fs'
import { basename, isAbsolute, join, resolve, sep } from 'node:path'
import { ChatLog } from '../chat-log/chat-log.js'
import { isId } from '../entry/ids.js'
import { type ErrorCode, FileSystemError, invalid, NotFoundError, StateError } from '../errors.js'
import { CHATS, type JournalOptions, LOGS_DIR, ProjectJournal } from '../journal/project-journal.js'
import type { Chat, ChatInput } from '../workspace/chat.js'
import { chatLine, newChat, readChats } from '../workspace/chats.js'
import type { Project, ProjectInput, ProjectResolver } from '../workspace/project.js'
import { PROJECT_FILE, WorkspaceRegistry } from '../workspace/registry.js'

export interface OpenProject {
  readonly id: string
  readonly root: string
  readonly logsDir: string
  readonly journal: ProjectJournal
  readonly chatLog: ChatLog
}

export class Projects {
  readonly #registry: WorkspaceRegistry
  readonly #resolver: ProjectResolver | undefined
  readonly #options: JournalOptions
  readonly #open = new Map<string, OpenProject>()
  readonly #opening = new Map<string, Promise<OpenProject | undefined>>()
  /** The last chat that is being made in each project. */
  readonly #lastChat = new Map<string, Promise<unknown>>()

  constructor(
    workspace: string,
    resolver: ProjectResolver | undefined,
    options: JournalOptions,
    onUnreadable: (path: string) => void,
  ) {
    this.#registry = new WorkspaceRegistry(workspace, onUnreadable)
    this.#resolver = resolver
    this.#options = options
  }

  async create(input: ProjectInput): Promise<Project> {
    this.#refuseWithResolver('createProject')
    return this.#registry.create(input)
  }

  /** Throws ValidationError INVALID_PROJECT_ID, NotFoundError PROJECT_NOT_FOUND. */
  async get(projectId: string): Promise<Project> {
    this.#refuseWithResolver('getProject')
    checkId('getProject', 'INVALID_PROJECT_ID', 'projectId', projectId)
    const project = await this.#registry.find(projectId)
    if (project === undefined) throw await this.#notFound('getProject', projectId)
    return project
  }

  async list(): Promise<Project[]> {
    this.#refuseWithResolver('listProjects')
    return this.#registry.list()
  }

  /** Folders that hold logs and no readable project.json: their entries cannot be counted. */
  get unreadable(): readonly string[] {
    return this.#registry.unreadable
  }

  /** What is in the way of projects of which nothing is counted: FileSystemError PROJECT_UNREADABLE, with its path. */
  async listUnreadable(): Promise<FileSystemError[]> {
    if (this.#resolver !== undefined) return []
    const readable = await this.#registry.list()
    const noFolders = readable.map(({ paths }) => paths.logsDir).filter(isNoFolder)
    return [
      ...this.unreadable.map((root) => {
        const message = `${nameOf(root)} has logs and no readable ${PROJECT_FILE}: its entries are not counted`
        return unreadable(message, join(root, PROJECT_FILE))
      }),
      ...noFolders.map((dir) => {
        const message = `${nameOf(join(dir, '..'))}/${LOGS_DIR} is a file, not a folder: nothing can be logged or counted there`
        return unreadable(message, dir)
      }),
    ]
  }

  /** The project when it was opened before; costs no I/O. */
  opened(projectId: string): OpenProject | undefined {
    return this.#open.get(projectId)
  }

  allOpened(): OpenProject[] {
    return [...this.#open.values()]
  }

  /** Throws as get does. Calls that arrive while a project is being opened get it in their order. */
  async open(projectId: string, operation: string): Promise<OpenProject> {
    checkId(operation, 'INVALID_PROJECT_ID', 'project_id', projectId)
    const known = this.#open.get(projectId)
    if (known !== undefined) return known
    let opening = this.#opening.get(projectId)
    if (opening === undefined) {
      opening = this.#openNew(projectId).finally(() => this.#opening.delete(projectId))
      this.#opening.set(projectId, opening)
    }
    const opened = await opening
    if (opened === undefined) throw await this.#notFound(operation, projectId)
    return opened
  }

  async #openNew(id: string): Promise<OpenProject | undefined> {
    const root = await this.#rootOf(id)
    if (root === undefined) return undefined
    const journal = new ProjectJournal(root, this.#options)
    const project = { id, root, logsDir: join(root, LOGS_DIR), journal, chatLog: new ChatLog(root, journal) }
    this.#open.set(id, project)
    return project
  }

  /** Ids of all projects there are. */
  async ids(): Promise<readonly string[]> {
    return this.#resolver ? this.#resolver.list() : (await this.#registry.list()).map(({ id }) => id)
  }

  /** The id of the opened project whose file it is. */
  holding(path: string): string | undefined {
    const holders = this.allOpened().filter(({ root }) => path.startsWith(root + sep))
    return holders.sort((a, b) => b.root.length - a.root.length)[0]?.id
  }

  async openAll(operation: string): Promise<OpenProject[]> {
    const ids = await this.ids()
    return Promise.all(ids.map((id) => this.open(id, operation)))
  }

  /** The one that is named, else all. Throws as open does. */
  async chosen(projectId: string | undefined, operation: string): Promise<OpenProject[]> {
    return projectId === undefined ? this.openAll(operation) : [await this.open(projectId, operation)]
  }

  async createChat(input: ChatInput): Promise<Chat> {
    const project = await this.open(input.projectId, 'createChat')
    // One behind another, so that of two with one id the second sees the first.
    const before = this.#lastChat.get(project.id)?.catch(() => undefined)
    const creating = Promise.resolve(before).then(() => this.#appendChat(project, input))
    this.#lastChat.set(project.id, creating)
    return creating
  }

  async #appendChat({ logsDir, journal }: OpenProject, input: ChatInput): Promise<Chat> {
    // An id that is made here is nobody else's.
    const existing = input.id === undefined ? new Map<string, Chat>() : await readChats(logsDir)
    const chat = newChat(input, existing)
    await journal.appendLog(CHATS, chatLine(chat))
    return chat
  }

  async chats(projectId: string, operation: string): Promise<Map<string, Chat>> {
    const { logsDir } = await this.open(projectId, operation)
    return readChats(logsDir)
  }

  async getChat(projectId: string, chatId: string): Promise<Chat> {
    checkId('getChat', 'INVALID_CHAT_ID', 'chatId', chatId)
    const chat = (await this.chats(projectId, 'getChat')).get(chatId)
    if (chat === undefined) throw chatNotFound('getChat', chatId)
    return chat
  }

  async close(): Promise<void> {
    await Promise.all([...this.#open.values()].map(({ journal }) => journal.close()))
    this.#open.clear()
  }

  async #rootOf(projectId: string): Promise<string | undefined> {
    if (this.#resolver === undefined) return (await this.#registry.find(projectId))?.paths.root
    const resolved = await this.#resolver.resolve(projectId)
    if (resolved === null) return undefined
    if (!isAbsolute(resolved.root)) {
      throw invalid('openLedger', 'INVALID_OPTION', 'projects', 'resolved a root that is no absolute path')
    }
    return resolve(resolved.root)
  }

  /** It may be one whose file cannot be read: then making it anew would leave its entries behind. */
  async #notFound(operation: string, projectId: string): Promise<NotFoundError> {
    const [first, ...others] = this.unreadable.map(nameOf)
    const more = others.length === 0 ? '' : ` (and ${others.length} more)`
    const hidden = first === undefined ? '' : `; ${first}${more} has logs and no readable ${PROJECT_FILE}`
    const projects = this.#resolver === undefined ? await this.#registry.list() : []
    const slug = projects.find((project) => project.slug === projectId)
    const meant = slug === undefined ? '' : `: it is the slug of ${slug.id}`
    const message = `there is no project with the id ${projectId}${meant}${hidden}`
    return new NotFoundError('PROJECT_NOT_FOUND', message, { operation })
  }

  #refuseWithResolver(operation: string): void {
    if (this.#resolver === undefined) return
    throw new StateError('REGISTRY_IS_EXTERNAL', 'this ledger uses a resolver of projects', { operation })
  }
}

export function chatNotFound(operation: string, chatId: string): NotFoundError {
  return new NotFoundError('CHAT_NOT_FOUND', `there is no chat ${chatId}`, { operation })
}

/** As it is called in the workspace. */
function nameOf(root: string): string {
  return `projects/${basename(root)}`
}

function isNoFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() === true
}

function unreadable(message: string, path: string): FileSystemError {
  return new FileSystemError('PROJECT_UNREADABLE', message, { operation: 'readProjects', path })
}

export function checkId(operation: string, code: ErrorCode, field: string, id: unknown): void {
  if (!isId(id)) throw invalid(operation, code, field, 'is not an id')
}
