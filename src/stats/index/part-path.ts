/** Where the index lies: in `.index/` beside the files, a part under the name of its file. */
import { basename, dirname, join } from 'node:path'
import { isClosedName, isSummary } from '../../journal/segments.js'

export const INDEX_FOLDER = '.index'
export const PART_ENDING = '.part'

export function partPath(file: string): string {
  return join(dirname(file), INDEX_FOLDER, `${basename(file)}${PART_ENDING}`)
}

/** Where the filter of all ids of a workspace lies. */
export function idsPath(workspace: string): string {
  return join(workspace, INDEX_FOLDER, 'ids')
}

/** Whether the part is of a file that nobody writes any more. */
export function isOfClosed(path: string): boolean {
  const file = path.slice(0, -PART_ENDING.length)
  return isClosedName(file) || isSummary(file)
}
