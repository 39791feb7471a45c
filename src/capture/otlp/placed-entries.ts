/** Entries with their project and chat: what the spans say, then the headers, then the server's own setting. */
import type { LLMRequestLogEntry } from '../../entry/entry.js'
import { isId } from '../../entry/ids.js'
import { invalid, NotFoundError } from '../../errors.js'
import type { SpanEntry } from './entries-of.js'
import type { ProjectNames, ProjectSearch } from './project-names.js'
import { chatIdFor } from './span-place.js'

const OPERATION = 'receiveTraces'
/** Where nothing names a chat. */
const NO_CHAT = 'otlp'

/** What stands beside an export. */
export interface ExportHeaders {
  /** Id, slug or name. */
  readonly project?: string | undefined
  readonly chat?: string | undefined
}

export interface PlacedEntry {
  readonly entry: LLMRequestLogEntry & { readonly id: string }
  readonly source: SpanEntry
}

export interface Placed {
  /** By project id. */
  readonly byProject: ReadonlyMap<string, readonly PlacedEntry[]>
  /** Why the others have no place, one reason an entry. */
  readonly refused: readonly string[]
}

export interface PlaceOptions {
  readonly project?: string | undefined
  readonly createProjects?: boolean | undefined
}

/**
 * The project: `ledgerline.project_id`, else the header, else the project that is called as the service, else that of the
 * options. The chat: `ledgerline.chat_id`, else the conversation or session, else the header, else the service.
 * Throws NotFoundError PROJECT_NOT_FOUND when the header or the option names no project, ValidationError
 * INVALID_PROJECT_ID when nothing names one for any of the entries, INVALID_CHAT_ID for a header that is no id.
 */
export async function placeEntries(
  entries: readonly SpanEntry[],
  headers: ExportHeaders,
  names: ProjectNames,
  options: PlaceOptions,
): Promise<Placed> {
  if (headers.chat !== undefined && !isId(headers.chat)) {
    throw invalid(OPERATION, 'INVALID_CHAT_ID', 'x-ledgerline-chat', 'is not an id')
  }
  const byProject = new Map<string, PlacedEntry[]>()
  const refused: string[] = []
  const search = names.search()
  let homeless = 0
  for (const source of entries) {
    const found = await projectOf(source, headers, names, search, options)
    if (found === undefined) homeless += 1
    if (found === undefined || 'reason' in found) {
      refused.push(found?.reason ?? 'nothing names its project')
      continue
    }
    const { place, fields } = source
    const chat =
      place.chat ?? headers.chat ?? (place.service === undefined ? NO_CHAT : chatIdFor(place.service))
    const placed = byProject.get(found.id) ?? []
    placed.push({ entry: { ...fields, project_id: found.id, chat_id: chat }, source })
    byProject.set(found.id, placed)
  }
  if (homeless > 0 && homeless === entries.length) throw nothingNamed()
  return { byProject, refused }
}

type Found = { readonly id: string } | { readonly reason: string } | undefined

async function projectOf(
  { place }: SpanEntry,
  headers: ExportHeaders,
  names: ProjectNames,
  search: ProjectSearch,
  { project, createProjects = false }: PlaceOptions,
): Promise<Found> {
  const find = (name: string): Promise<string | undefined> =>
    createProjects ? names.findOrCreate(name) : search.find(name)
  if (place.project !== undefined) {
    const id = await find(place.project)
    return id === undefined ? { reason: 'there is no project as its ledgerline.project_id says' } : { id }
  }
  if (headers.project !== undefined)
    return { id: (await find(headers.project)) ?? notFound('the header x-ledgerline-project') }
  const ofService = place.service === undefined ? undefined : await search.find(place.service)
  if (ofService !== undefined) return { id: ofService }
  if (project !== undefined) return { id: (await find(project)) ?? notFound('the option otlp.project') }
  if (!createProjects || place.service === undefined) return undefined
  const made = await names.findOrCreate(place.service)
  return made === undefined ? undefined : { id: made }
}

function notFound(where: string): never {
  throw new NotFoundError('PROJECT_NOT_FOUND', `there is no project as ${where} names it`, {
    operation: OPERATION,
  })
}

function nothingNamed(): Error {
  return invalid(
    OPERATION,
    'INVALID_PROJECT_ID',
    'x-ledgerline-project',
    'no project is named: set this header, the attribute ledgerline.project_id, or the option otlp.project of the server',
  )
}
