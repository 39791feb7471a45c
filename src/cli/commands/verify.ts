import { relative } from 'node:path'
import {
  type Ledger,
  type SealHead,
  toSnakeCase,
  type VerifyOptions,
  type VerifyReport,
} from '../../index.js'
import { type GlobalOptions, readWithoutPrices, sayUnreadable, workspacePath } from '../open-workspace.js'
import { isOutputClosed, writeJson, writeLine } from '../output.js'
import { byteProgress } from '../progress.js'
import { count, table } from '../style.js'
import { terminalText } from '../terminal-text.js'

export interface VerifyCommandOptions extends GlobalOptions {
  readonly project?: string
  readonly seals?: boolean
  readonly head?: readonly SealHead[]
  readonly publicKey?: string
}

/** Prints what was read and what is wrong; with anything wrong the exit is 1. */
export async function verifyCommand(options: VerifyCommandOptions): Promise<void> {
  const { project, seals, head, publicKey, json } = options
  await readWithoutPrices(options, async (ledger) => {
    const progress = await byteProgress()
    const question: VerifyOptions = {
      ...(project === undefined ? {} : { projectId: (await ledger.findProject(project)).id }),
      ...(seals === undefined ? {} : { seals }),
      ...(head === undefined ? {} : { head }),
      ...(publicKey === undefined ? {} : { publicKey }),
      onProgress: ({ bytes, totalBytes }) => progress.update(bytes, totalBytes),
    }
    const report = await ledger.verify(question).finally(progress.stop)
    if (!report.ok) process.exitCode = 1
    if (project === undefined) await sayUnreadable(ledger, options)
    if (json) await writeJson(toSnakeCase(report))
    else await print(report, workspacePath(options), await slugsOf(ledger))
  })
}

/** By id. */
async function slugsOf(ledger: Ledger): Promise<ReadonlyMap<string, string>> {
  return new Map((await ledger.listProjects()).map(({ id, slug }) => [id, slug]))
}

async function print(
  report: VerifyReport,
  workspace: string,
  slugs: ReadonlyMap<string, string>,
): Promise<void> {
  const { files, lines, bytes, requests, damaged, damage, doubled, inFlight, seals, sealFaults } = report
  const slugOf = (projectId: string): string => slugs.get(projectId) ?? projectId
  const pathOf = (path: string): string => relative(workspace, path)
  const rangeOf = ({ from, to }: { from: number; to: number }): string => `${from}-${to}`
  await writeLine(`Read ${count(lines)} lines in ${count(files)} files, ${count(bytes)} bytes.`)
  await writeLine(
    `Requests: ${count(requests.lines)} lines, ${count(requests.ids)} ids, ${count(requests.resent)} resent.`,
  )
  if (inFlight.length > 0) await writeLine(`Being written: ${count(inFlight.length)} lines.`)
  const withSeals = seals.filter(({ records, unsealed }) => records > 0 || unsealed > 0)
  if (withSeals.length > 0) {
    await writeLine(
      table(withSeals, [
        { title: 'Project', cell: ({ projectId }) => slugOf(projectId) },
        { title: 'Journal', cell: ({ journal }) => journal },
        { title: 'Sealed', align: 'right', cell: ({ sealed }) => count(sealed) },
        { title: 'Deleted', align: 'right', cell: ({ deleted }) => count(deleted) },
        { title: 'Repaired', align: 'right', cell: ({ repaired }) => count(repaired) },
        { title: 'Altered before', align: 'right', cell: ({ altered }) => count(altered) },
        { title: 'Not yet', align: 'right', cell: ({ unsealed }) => count(unsealed) },
        { title: 'Signed', align: 'right', cell: ({ signed }) => count(signed) },
      ]),
    )
    for (const { head, projectId, journal } of withSeals) {
      if (head === null) continue
      await writeLine(`Head: ${head.seq}:${head.hash} (${terminalText(slugOf(projectId))}, ${journal})`)
    }
  }
  if (damage.length > 0) {
    await writeLine(
      table(damage, [
        { title: 'Damage', cell: ({ kind }) => kind },
        { title: 'File', cell: ({ path }) => pathOf(path) },
        { title: 'Bytes', align: 'right', cell: rangeOf },
      ]),
    )
  }
  if (doubled.length > 0) {
    await writeLine(
      table(doubled, [
        { title: 'Two ends of', cell: ({ id }) => id },
        { title: 'File', cell: ({ path }) => pathOf(path) },
        { title: 'Bytes', align: 'right', cell: rangeOf },
      ]),
    )
  }
  for (const { kind, projectId, journal, seq, segment, message } of sealFaults) {
    if (isOutputClosed()) return
    const project = projectId === null ? null : slugOf(projectId)
    const record = seq === null ? null : `record ${seq}`
    const where = [project, journal, segment, record].filter((part) => part !== null)
    await writeLine(`Seal ${kind}: ${terminalText(`${where.join(', ')}: ${message}`)}`)
  }
  await writeLine(report.ok ? 'Nothing is wrong.' : verdict(damaged, requests.doubled, sealFaults.length))
  if (!report.ok) await writeLine('What each kind means and what to do about it: docs/reliability.md.')
  const { uncheckedSegments } = report
  if (uncheckedSegments === 0) return
  const unchecked =
    uncheckedSegments === 1 ? 'a closed segment' : `${count(uncheckedSegments)} closed segments`
  await writeLine(`Not checked: whether ${unchecked} held the same when sealed; verify --seals does that.`)
}

function verdict(damaged: number, doubled: number, faults: number): string {
  return `Wrong: damaged ${count(damaged)}, doubled ${count(doubled)}, seals ${count(faults)}.`
}
