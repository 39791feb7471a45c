/** A project as people name it: by its id, else by its slug. */
import { basename, dirname } from 'node:path'
import { invalid, NotFoundError, shownText } from '../errors.js'
import { nearestNames } from '../stats/nearest-names.js'
import type { Project } from '../workspace/project.js'
import type { Projects } from './projects.js'

/**
 * An id is tried first, so that no slug hides it. Throws NotFoundError PROJECT_NOT_FOUND with the nearest slugs,
 * FileSystemError PROJECT_UNREADABLE, StateError REGISTRY_IS_EXTERNAL.
 */
export async function findProject(
  registry: Pick<Projects, 'list' | 'listUnreadable'>,
  idOrSlug: string,
): Promise<Project> {
  const given: unknown = idOrSlug
  if (typeof given !== 'string') throw invalid('findProject', 'INVALID_PROJECT_ID', 'idOrSlug', 'is no text')
  const projects = await registry.list()
  const project = projects.find(({ id }) => id === idOrSlug) ?? projects.find(({ slug }) => slug === idOrSlug)
  if (project !== undefined) return project
  const unreadable = await registry.listUnreadable()
  const named = unreadable.find(({ path = '' }) => basename(dirname(path)) === idOrSlug)
  if (named !== undefined) throw named
  const message = `no project has the id or slug ${JSON.stringify(shownText(idOrSlug, MAX_SHOWN))}`
  const parts = [message + meant(idOrSlug, projects), ...unreadable.map((error) => error.message)]
  throw new NotFoundError('PROJECT_NOT_FOUND', parts.join('; '), { operation: 'findProject' })
}

const MAX_SHOWN = 200
const MAX_LISTED = 5

/** The nearest slugs; where none is near, those that there are, when they are few. */
function meant(name: string, projects: readonly Project[]): string {
  const slugs = projects.map(({ slug }) => slug)
  const called = projects.filter((project) => project.name === name).map(({ slug }) => slug)
  const nearest = called.length > 0 ? called.slice(0, 3) : nearestNames(name, slugs)
  if (nearest.length > 0) return `; did you mean ${nearest.join(', ')}?`
  if (slugs.length === 0) return '; there is no project yet'
  return slugs.length > MAX_LISTED ? '' : `; there are ${slugs.join(', ')}`
}
