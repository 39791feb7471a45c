/** Everything that a project wrote, line by line, and its seals. Nothing is changed. */
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { listMessageFiles } from '../message-files.js'
import { CHATS, EVENTS, LOGS_DIR, REQUESTS } from '../project-journal.js'
import type { VerifyingKeys } from '../seals/keys.js'
import { chainPath } from '../seals/read-chain.js'
import type { Link } from '../seals/seal-record.js'
import { listSegments } from '../segments.js'
import { checkJournal } from './check-journal.js'
import { checkMessages } from './check-messages.js'
import { checkSeals, findMissing } from './check-seals.js'
import { IdTable } from './id-table.js'
import type { Findings } from './report.js'

export interface ProjectToVerify {
  readonly id: string
  readonly root: string
}

export interface VerifyWork {
  readonly findings: Findings
  /** Undefined when only segments that are gone are looked for. */
  readonly seals: { readonly keys: VerifyingKeys | undefined; readonly heads: Set<Link> } | undefined
  /** Told of the bytes of files that were read since the last call. */
  readonly onRead: (bytes: number) => void
}

const JOURNALS = [REQUESTS, EVENTS, CHATS] as const

/** Memory: one chunk and one line, 25 to 40 bytes an id, and what is found. Throws what listing a folder throws. */
export async function verifyProject(project: ProjectToVerify, work: VerifyWork): Promise<void> {
  const { findings, seals, onRead } = work
  const dir = join(project.root, LOGS_DIR)
  const check = { findings, ids: new IdTable(), onRead }
  for (const journal of JOURNALS) {
    const checked = await checkJournal(dir, journal, check)
    const asked = { projectId: project.id, dir, journal }
    try {
      if (seals === undefined) await findMissing(asked, checked, findings)
      else await checkSeals({ ...asked, ...seals }, checked, findings)
    } catch {
      findings.addRefused(chainPath(dir, journal))
    }
  }
  await checkMessages(project.root, check)
}

/** Bytes on the disk that verifyProject will read, as far as is known before. */
export function bytesToVerify({ root }: ProjectToVerify): number {
  const dir = join(root, LOGS_DIR)
  try {
    const paths = [
      ...JOURNALS.flatMap((journal) => listSegments(dir, journal).map(({ path }) => path)),
      ...listMessageFiles(root).files.map(({ path }) => path),
    ]
    return paths.reduce((sum, path) => sum + (statSync(path, { throwIfNoEntry: false })?.size ?? 0), 0)
  } catch {
    // A folder that cannot be listed: verifyProject says so.
    return 0
  }
}
