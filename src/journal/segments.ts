/**
 * Names of the files of a journal. Active: `<base>.jsonl` (slot 0), `<base>.<slot>.jsonl`. Closed: a stem
 * `<base>.<slot>-<sequence>-<UTC time>` and the ending of its form; the sequence orders the segments of a slot, the
 * time keeps a stem from being used again when older segments were deleted.
 */
import { type Dirent, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { FileSystemError } from '../errors.js'

/** `summary` is what retention leaves of a segment. */
export type Form = 'active' | 'raw' | 'gzip' | 'summary'

export interface Segment {
  readonly path: string
  readonly slot: number
  /** 0 for the active one. */
  readonly sequence: number
  readonly form: Form
  /** The file's name without the ending of its form. */
  readonly stem: string
}

/** Behind the stem. */
const ENDINGS = { active: '.jsonl', raw: '.jsonl', gzip: '.jsonl.gz', summary: '.summary.jsonl.gz' } as const

const ACTIVE: readonly Form[] = ['active']
/** Of one stem the first counts: a summary stands for a deletion, and a raw file is whole until it is removed. */
const CLOSED: readonly Form[] = ['summary', 'raw', 'gzip']

export function activeName(base: string, slot: number): string {
  return `${slot === 0 ? base : `${base}.${slot}`}${ENDINGS.active}`
}

/** The name under which the active file of a slot is closed now. */
export function closedName(base: string, slot: number, sequence: number, now: Date): string {
  const time = now.toISOString().replace(/[-:]/g, '').replace('.', '')
  return formName(`${base}.${slot}-${String(sequence).padStart(8, '0')}-${time}`, 'raw')
}

export function formName(stem: string, form: Form): string {
  return `${stem}${ENDINGS[form]}`
}

/** Whether the file is a summary, by its name alone. */
export function isSummary(path: string): boolean {
  return path.endsWith(ENDINGS.summary)
}

const CLOSED_NAME = /\.\d+-\d{8,}-\d{8}T\d{9}Z\.jsonl(?:\.gz)?$/

/** Whether the file, a summary apart, is one that nobody writes any more, by its name alone. */
export function isClosedName(path: string): boolean {
  return CLOSED_NAME.test(path)
}

/** The form of each segment that counts, in reading order: closed ones by slot and sequence, then active ones by slot. */
export function listSegments(dir: string, base: string): Segment[] {
  return segmentsAmong(entriesIn(dir), dir, base)
}

/** The same of what was found in the folder. */
export function segmentsAmong(entries: readonly Dirent[], dir: string, base: string): Segment[] {
  const counting = new Map<string, Segment>()
  for (const segment of formsAmong(entries, dir, base)) {
    const other = counting.get(segment.stem)
    if (other === undefined || precedence(segment) < precedence(other)) counting.set(segment.stem, segment)
  }
  return [...counting.values()].sort(
    (a, b) =>
      Number(a.form === 'active') - Number(b.form === 'active') ||
      a.slot - b.slot ||
      a.sequence - b.sequence ||
      (a.stem < b.stem ? -1 : 1),
  )
}

export function closedSegments(dir: string, base: string): Segment[] {
  return listSegments(dir, base).filter(({ form }) => form !== 'active')
}

/** Every file, in no order: of one stem there may be several forms. */
export function listForms(dir: string, base: string): Segment[] {
  return formsAmong(entriesIn(dir), dir, base)
}

function formsAmong(entries: readonly Dirent[], dir: string, base: string): Segment[] {
  const pattern = segmentPattern(base)
  return entries.flatMap((entry) => {
    // A symbolic link is refused, a FIFO would block its reader.
    const name = entry.isFile() ? parseName(entry.name, pattern) : undefined
    return name === undefined ? [] : [{ path: join(dir, entry.name), ...name }]
  })
}

/** Names of the journal that are no regular files, or `dir` itself when it is no folder: nothing can be read from them. */
export function listRefused(dir: string, base: string): string[] {
  try {
    return refusedAmong(entriesIn(dir), dir, base)
  } catch (error) {
    if (error instanceof FileSystemError) return [dir]
    throw error
  }
}

export function refusedAmong(entries: readonly Dirent[], dir: string, base: string): string[] {
  const pattern = segmentPattern(base)
  return entries.flatMap((entry) =>
    !entry.isFile() && parseName(entry.name, pattern) !== undefined ? [join(dir, entry.name)] : [],
  )
}

/** One past the highest sequence of the slot, in whatever form. */
export function nextSequence(dir: string, base: string, slot: number): number {
  let highest = 0
  for (const segment of listForms(dir, base)) {
    if (segment.slot === slot) highest = Math.max(highest, segment.sequence)
  }
  return highest + 1
}

function segmentPattern(base: string): RegExp {
  const name = base.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
  return new RegExp(`^(${name}(?:\\.(\\d+)(?:-(\\d+)-[0-9TZ]+)?)?)((?:\\.summary)?\\.jsonl(?:\\.gz)?)$`)
}

function parseName(name: string, pattern: RegExp): Omit<Segment, 'path'> | undefined {
  const [, stem = '', slot, sequence, ending] = pattern.exec(name) ?? []
  const form = (sequence === undefined ? ACTIVE : CLOSED).find((known) => ENDINGS[known] === ending)
  return form && { slot: Number(slot ?? 0), sequence: Number(sequence ?? 0), form, stem }
}

function precedence({ form }: Segment): number {
  return CLOSED.indexOf(form)
}

/** Throws FileSystemError LOG_READ_ERROR when it is no folder, else what the file system throws. */
export function entriesIn(dir: string): Dirent[] {
  try {
    return readdirSync(dir, { withFileTypes: true })
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
    if (code === 'ENOENT') return []
    if (code !== 'ENOTDIR') throw cause
    const message = `${dir} is a file, not a folder`
    throw new FileSystemError('LOG_READ_ERROR', message, { operation: 'read', path: dir, cause })
  }
}
