/** ledger.verify and ledger.repair over the projects of the ledger. */
import { join } from 'node:path'
import { isObject } from '../entry/own-fields.js'
import { invalid, StateError } from '../errors.js'
import { nothingFound, planProject, repairProject } from '../journal/repair/repair-project.js'
import { type SealKey, verifyingKeys } from '../journal/seals/keys.js'
import { claimRole, type Role } from '../journal/slot.js'
import { PassStopped, Permit } from '../journal/upkeep/permit.js'
import { Findings, type VerifyReport } from '../journal/verify/report.js'
import { bytesToVerify, verifyProject } from '../journal/verify/verify-project.js'
import type { RepairOptions, RepairReport, SealHead, VerifyOptions } from '../ledger.js'
import { knownOptions } from './option-values.js'
import type { Projects } from './projects.js'
import { asProblem, cutOff } from './upkeep-problems.js'
import { whenFree } from './when-free.js'

const VERIFY = ['projectId', 'seals', 'head', 'publicKey', 'onProgress']
const REPAIR = ['projectId', 'dryRun']

/** As Ledger.verify says. */
export async function verifyLedger(projects: Projects, options: VerifyOptions): Promise<VerifyReport> {
  knownOptions('verify', options, VERIFY)
  const { projectId, head = [], publicKey, onProgress } = options
  const heads = new Set([head].flat())
  for (const each of heads) checkHead(each)
  const keys = publicKey === undefined ? undefined : verifyingKeys(publicKey, 'verify')
  const { seals = keys !== undefined || heads.size > 0 } = options
  const chosen = await projects.chosen(projectId, 'verify')
  const totalBytes = chosen.reduce((sum, project) => sum + bytesToVerify(project), 0)
  let bytes = 0
  const onRead = (read: number): void => {
    bytes += read
    try {
      // There may be more than at the start: it is being written.
      onProgress?.({ bytes: Math.min(bytes, totalBytes), totalBytes })
    } catch {
      // What the host does with it is no damage.
    }
  }
  const findings = new Findings()
  for (const project of chosen) {
    try {
      await verifyProject(project, { findings, seals: seals ? { keys, heads } : undefined, onRead })
    } catch {
      // Its folder cannot be listed.
      findings.addRefused(project.logsDir)
    }
  }
  if (projectId === undefined) {
    for (const root of projects.unreadable) findings.addRefused(join(root, 'project.json'))
  }
  for (const { seq, hash } of heads) {
    const message = `no chain holds the record ${seq}:${hash}: the chain of which it was the head was cut off or replaced`
    findings.sealFaults.push({
      kind: 'head-missing',
      projectId: null,
      journal: null,
      seq,
      segment: null,
      message,
    })
  }
  return findings.report()
}

/** As Ledger.repair says. `closing` cuts it off: what is left is among the problems. */
export async function repairLedger(
  projects: Projects,
  options: RepairOptions,
  key: SealKey | undefined,
  closing: AbortSignal,
): Promise<RepairReport> {
  knownOptions('repair', options, REPAIR)
  const { projectId, dryRun = false } = options
  const report = { dryRun, files: [], busy: [], problems: [] } as Mutable<RepairReport>
  for (const { id, root, logsDir } of await projects.chosen(projectId, 'repair')) {
    const onFailure = (cause: unknown, path: string): void =>
      void report.problems.push(asProblem(cause, path, 'repair'))
    const goOn = (): void => {
      if (closing.aborted) throw new PassStopped('the ledger is being closed')
    }
    const found = nothingFound()
    try {
      if (closing.aborted) throw cutOff(logsDir, 'repair')
      if (dryRun) await planProject(root, { key, goOn, onFailure }, found)
      else {
        await whileClaimed(logsDir, closing, (check) =>
          repairProject(root, { key, check, goOn, onFailure }, found),
        )
      }
    } catch (error) {
      onFailure(error instanceof PassStopped && closing.aborted ? cutOff(logsDir, 'repair') : error, logsDir)
    }
    report.files.push(...found.files.map((file) => ({ projectId: id, ...file })))
    report.busy.push(...found.busy)
  }
  if (projectId === undefined) {
    const known = new Set(report.problems.map(({ path }) => path))
    report.problems.push(...(await projects.listUnreadable()).filter(({ path }) => !known.has(path)))
  }
  return report
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer E)[] ? E[] : T[K] }

async function whileClaimed<T>(
  logsDir: string,
  closing: AbortSignal,
  work: (check: () => void) => Promise<T>,
): Promise<T> {
  const role = await claimUpkeep(logsDir, closing)
  const permit = new Permit(role, closing)
  try {
    return await work(() => permit.check())
  } finally {
    role.release()
  }
}

async function claimUpkeep(logsDir: string, closing: AbortSignal): Promise<Role> {
  const role = await whenFree(closing, () => claimRole(logsDir, 'upkeep'))
  if (role !== undefined) return role
  if (closing.aborted) throw cutOff(logsDir, 'repair')
  const message = `another process is at the upkeep of ${logsDir}`
  throw new StateError('UPKEEP_BUSY', message, { operation: 'repair', path: logsDir })
}

function checkHead(head: SealHead): void {
  const isHead = isObject(head) && Number.isSafeInteger(head.seq) && /^[0-9a-f]{64}$/.test(String(head.hash))
  if (!isHead) throw invalid('verify', 'INVALID_OPTION', 'head', 'is not {seq, hash} as verify gave it')
}
