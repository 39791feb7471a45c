/** The files of a journal as docs/journal-format.md has them, by listing the folder: which count, in which order, how damaged. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { isEntry, readWinners } from './stats-fold-lines.js'

const NAME = /^llm_requests(?:\.(\d+))?(?:-(\d+)-[0-9TZ]+)?(\.jsonl|\.jsonl\.gz|\.summary\.jsonl\.gz)$/
/** Of one segment the first that is there counts. */
const FORMS = ['.summary.jsonl.gz', '.jsonl', '.jsonl.gz']

/** Closed segments by slot and sequence, behind them the active files by slot. */
export function journalFiles(logsDir: string): string[] {
  const names = existsSync(logsDir) ? readdirSync(logsDir) : []
  const found = names.flatMap((name) => {
    const [, slot = '0', sequence, form = ''] = NAME.exec(name) ?? []
    if (form === '' || (sequence === undefined && form !== '.jsonl')) return []
    const stem = name.slice(0, name.length - form.length)
    return [{ name, stem, form, slot: Number(slot), sequence: Number(sequence ?? Number.POSITIVE_INFINITY) }]
  })
  const isFirst = (stem: string, form: string): boolean =>
    FORMS.slice(0, FORMS.indexOf(form)).every((better) => !names.includes(stem + better))
  const isActive = (sequence: number): number => Number(sequence === Number.POSITIVE_INFINITY)
  return found
    .filter(({ stem, form }) => isFirst(stem, form))
    .sort(
      (a, b) =>
        isActive(a.sequence) - isActive(b.sequence) ||
        a.slot - b.slot ||
        (isActive(a.sequence) === 1 ? 0 : a.sequence - b.sequence),
    )
    .map(({ name }) => join(logsDir, name))
}

/** Lines that are neither blank nor entries; what is unfinished at the end of an active file is none. */
export function damagedLines(path: string): number {
  const bytes = readFileSync(path)
  const pieces = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString().split('\n')
  const last = pieces.at(-1) ?? ''
  const isActive = /\/llm_requests(\.\d+)?\.jsonl$/.test(path)
  const unfinished = isActive && last.trim() !== '' && !isEntry(last) ? 1 : 0
  const { lines } = readWinners([{ projectId: '', files: [path] }])
  return pieces.filter((piece) => piece.trim() !== '').length - lines - unfinished
}
