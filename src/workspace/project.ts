/** What a project is, and where it lives. */

export const PROJECT_STATUSES = ['active', 'archived', 'deleted'] as const
export type ProjectStatus = (typeof PROJECT_STATUSES)[number]

export interface ProjectPaths {
  /** Absolute. */
  readonly root: string
  readonly chatsDir: string
  readonly logsDir: string
}

export interface Project {
  /** UUID made for it. */
  readonly id: string
  readonly name: string
  /** From the name, unique in the workspace. */
  readonly slug: string
  readonly status: ProjectStatus
  /** ISO 8601 UTC with milliseconds. */
  readonly createdAt: string
  readonly updatedAt: string
  readonly defaultModel: string | null
  readonly paths: ProjectPaths
}

export interface ProjectInput {
  /** 1-100 characters: a letter or digit, then letters, digits, `_`, `-`, space. */
  readonly name: string
  readonly defaultModel?: string
}

/** The host's own registry, in place of the workspace's: it says where a project's files live. */
export interface ProjectResolver {
  /** Null when there is no such project. `root` is an absolute folder; it is made when absent. */
  resolve(projectId: string): Promise<{ readonly root: string; readonly name?: string } | null>
  /** Ids of all projects, for global stats. */
  list(): Promise<readonly string[]>
}
