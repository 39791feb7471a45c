/** A second look at segments that are not as their seals say: upkeep may have been between the first one and the chain. */
import { LineSplitter, type RawLine } from '../line-splitter.js'
import { contentOf } from '../log-content.js'
import { openLog } from '../open-regular.js'
import { type ContentSum, ContentSummer } from '../seals/content-sum.js'
import { listForms, listSegments, type Segment } from '../segments.js'
import { summarizeLine } from '../upkeep/summarize-line.js'
import type { CheckedSegment } from './check-journal.js'
import { readBytes } from './record-of.js'

/** The segments `stems` as they are now, in place of what was found of them before. */
export async function lookAgain(
  dir: string,
  journal: string,
  before: ReadonlyMap<string, CheckedSegment>,
  stems: ReadonlySet<string | null>,
): Promise<Map<string, CheckedSegment>> {
  const segments = new Map(before)
  const listed = new Map(listSegments(dir, journal).map((segment) => [segment.stem, segment]))
  const forms = listForms(dir, journal)
  for (const stem of stems) {
    if (stem === null) continue
    const segment = listed.get(stem)
    if (segment === undefined) {
      segments.delete(stem)
      continue
    }
    const sum = await sumOf(segment.path, pass)
    const source =
      segment.form === 'summary' ? await sourceOf(forms.filter((form) => form.stem === stem)) : undefined
    segments.set(stem, { segment, sum, source })
  }
  return segments
}

async function sourceOf(forms: readonly Segment[]): Promise<CheckedSegment['source']> {
  const found = forms.find(({ form }) => form === 'raw') ?? forms.find(({ form }) => form === 'gzip')
  if (found === undefined) return undefined
  const content = await sumOf(found.path, pass)
  const summary = await sumOf(found.path, summarize)
  return content === undefined || summary === undefined ? undefined : { content, summary: summary.sha256 }
}

type Through = (content: AsyncIterable<Buffer>) => AsyncIterable<Buffer>
const pass: Through = (content) => content

/** Undefined when it cannot be read to its end. */
async function sumOf(path: string, through: Through): Promise<ContentSum | undefined> {
  const summer = new ContentSummer()
  try {
    const handle = await openLog(path)
    try {
      let isBroken = false
      for await (const chunk of through(contentOf(handle, path, () => (isBroken = true)))) summer.add(chunk)
      return isBroken ? undefined : summer.sum()
    } finally {
      await handle.close()
    }
  } catch {
    return undefined
  }
}

/** What retention would leave of the content. */
async function* summarize(content: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const splitter = new LineSplitter()
  const slim = (lines: Iterable<RawLine>): Buffer => Buffer.from(Array.from(lines, slimmed).join(''), 'utf8')
  for await (const chunk of content) yield slim(splitter.add(chunk))
  yield slim(splitter.end())
}

/** Empty for a line that is no entry. */
function slimmed({ bytes }: RawLine): string {
  return (bytes && readBytes(bytes, summaryOf)?.slim) ?? ''
}

function summaryOf(text: string): { readonly slim: string } | undefined {
  const slim = summarizeLine(text)
  return slim === undefined ? undefined : { slim }
}
