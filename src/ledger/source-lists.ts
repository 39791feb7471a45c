/** The files of the projects' requests, as they are at each question. */
import { FileSystemError } from '../errors.js'
import { JournalListing, type Listed } from '../journal/journal-listing.js'
import { readError } from '../journal/open-regular.js'
import { REQUESTS } from '../journal/project-journal.js'
import { listRefused } from '../journal/segments.js'
import { Slices } from '../slices.js'
import type { StatsSource } from '../stats/stats-engine.js'
import type { OpenProject } from './projects.js'

export interface ListedSources {
  readonly sources: readonly StatsSource[]
  /** How many logs are no regular files or folders. */
  readonly refused: number
}

export class SourceLists {
  readonly #listings = new Map<string, JournalListing>()

  /** Throws FileSystemError LOG_READ_ERROR when a folder cannot be listed. */
  async list(projects: readonly OpenProject[], isNamed: boolean): Promise<ListedSources> {
    const slices = new Slices()
    const sources: StatsSource[] = []
    let refused = 0
    for (const { id, logsDir } of projects) {
      if (slices.isOver) await slices.rest()
      const listing = this.#listings.get(id) ?? new JournalListing(logsDir, REQUESTS)
      this.#listings.set(id, listing)
      const listed = unlessRefused(logsDir, isNamed, () => listedBy(listing, logsDir))
      refused += listed?.refused.length ?? 1
      if (listed !== undefined) sources.push({ projectId: id, files: listed.files })
    }
    return { sources, refused }
  }
}

function listedBy(listing: JournalListing, dir: string): Listed {
  try {
    return listing.list()
  } catch (cause) {
    throw cause instanceof FileSystemError ? cause : readError(dir, cause)
  }
}

/** Of all projects one whose folder is none is counted as damage, and costs no answer about the others. */
export function unlessRefused<T>(logsDir: string, isNamed: boolean, read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (isNamed || !listRefused(logsDir, REQUESTS).includes(logsDir)) throw error
    return undefined
  }
}

export function isSameList(before: ListedSources, after: ListedSources): boolean {
  return (
    before.sources.length === after.sources.length &&
    before.sources.every(({ files }, at) => {
      const others = after.sources[at]?.files
      return (
        files === others ||
        (files.length === others?.length && files.every((file, index) => file === others[index]))
      )
    })
  )
}
