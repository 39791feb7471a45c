/** The closed segments of a journal whose content is still there, also those that have a summary already. */
import { listForms, type Segment } from '../segments.js'

/** The file of each that counts, raw before gzip; oldest first. */
export function closedContent(dir: string, base: string): Segment[] {
  const forms = listForms(dir, base)
  const raw = new Set(forms.flatMap(({ form, stem }) => (form === 'raw' ? [stem] : [])))
  return inAge(forms.filter(({ form, stem }) => form === 'raw' || (form === 'gzip' && !raw.has(stem))))
}

/** The files with the content of one, the one that counts first. */
export function contentFiles(dir: string, base: string, stem: string): Segment[] {
  const forms = listForms(dir, base).filter((segment) => segment.stem === stem)
  return (['raw', 'gzip'] as const).flatMap((form) => forms.find((segment) => segment.form === form) ?? [])
}

/** By the time at which they were closed; within a slot by sequence, which no clock can change. */
function inAge(segments: readonly Segment[]): Segment[] {
  const newest = new Map<number, number>()
  const aged = [...segments]
    .sort((a, b) => a.slot - b.slot || a.sequence - b.sequence)
    .map((segment) => {
      const age = Math.max(closedAt(segment), newest.get(segment.slot) ?? 0)
      newest.set(segment.slot, age)
      return { segment, age }
    })
  // Stable: of one slot and age the sequence stays.
  return aged.sort((a, b) => a.age - b.age).map(({ segment }) => segment)
}

/** Epoch ms, from `<base>.<slot>-<sequence>-20260131T140506078Z`. */
export function closedAt({ stem }: Segment): number {
  const [, year, month, day, hour, minute, second, ms] =
    /-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z$/.exec(stem) ?? []
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`) || 0
}
