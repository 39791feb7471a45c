/** Projects as users name them, by id or slug, to their ids. */
import { LedgerlineError, NotFoundError } from '../../errors.js'
import type { Ledger } from '../../ledger.js'
import type { KeyOwner } from './keys.js'
import type { ProxySettings, Upstream } from './options.js'

export type ProjectLookUp = Pick<Ledger, 'findProject' | 'getProject' | 'getProjectMetrics'>

/** With a registry of the host only by the id. Throws NotFoundError, and what else findProject throws. */
export async function projectIdOf(ledger: ProjectLookUp, idOrSlug: string): Promise<string> {
  return internalOr(
    async () => (await ledger.findProject(idOrSlug)).id,
    async () => {
      await ledger.getProjectMetrics(idOrSlug)
      return idOrSlug
    },
  )
}

/** Throws NotFoundError when no project has this id, also where the projects are in a registry of the host. */
export async function lookUp(ledger: ProjectLookUp, projectId: string): Promise<void> {
  await internalOr<unknown>(
    () => ledger.getProject(projectId),
    () => ledger.getProjectMetrics(projectId),
  )
}

async function internalOr<T>(internal: () => Promise<T>, external: () => Promise<T>): Promise<T> {
  try {
    return await internal()
  } catch (error) {
    if (!(error instanceof LedgerlineError && error.code === 'REGISTRY_IS_EXTERNAL')) throw error
    return external()
  }
}

/**
 * The settings with the ids of all projects that they name. `path` is that of their file. Throws NotFoundError
 * PROJECT_NOT_FOUND, which says where an unknown project stands, and FileSystemError.
 */
export async function withProjectIds(
  settings: ProxySettings,
  ledger: ProjectLookUp,
  path?: string,
): Promise<ProxySettings> {
  const idAt = async (field: string, named: string): Promise<string> => {
    try {
      return await projectIdOf(ledger, named)
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error
      const place = path === undefined ? field : `${path}: ${field}`
      const details = { operation: 'serve', cause: error, ...(path === undefined ? {} : { path }) }
      throw new NotFoundError('PROJECT_NOT_FOUND', `${place}: ${error.message}`, details)
    }
  }
  const upstreams = new Map<string, Upstream>()
  for (const [name, upstream] of settings.upstreams) {
    const { projectId: named } = upstream
    const projectId = named === undefined ? undefined : await idAt(`upstreams.${name}.projectId`, named)
    upstreams.set(name, { ...upstream, projectId })
  }
  const keys = new Map<string, KeyOwner>()
  for (const [sha256, owner] of settings.keys) {
    const projectId = await idAt(`proxy.keys[${keys.size}].projectId`, owner.projectId)
    keys.set(sha256, { ...owner, projectId })
  }
  return { ...settings, upstreams, keys }
}
