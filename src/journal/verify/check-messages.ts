/** The message files of all chats of a project. */
import { join } from 'node:path'
import { listMessageFiles } from '../message-files.js'
import { LOGS_DIR } from '../project-journal.js'
import { isClaimed } from '../slot.js'
import { type CheckFile, checkFile } from './check-file.js'
import { openOrReport } from './check-journal.js'
import { MESSAGES } from './record-of.js'

/** More lists mean that files change their names faster than they are read. */
const MAX_LISTS = 100

/** Listed again while a file was gone when its turn came: it has another name then, or was deleted. */
export async function checkMessages(root: string, check: CheckFile): Promise<void> {
  const logsDir = join(root, LOGS_DIR)
  const done = new Set<string>()
  for (let lists = 1; lists <= MAX_LISTS; lists++) {
    let isWhole = true
    const { files, refused } = listMessageFiles(root)
    for (const path of refused) check.findings.addRefused(path)
    for (const { path, slot } of files) {
      // Compressed, it is the same file.
      const name = path.replace(/\.gz$/, '')
      if (done.has(name)) continue
      const handle = await openOrReport(path, check)
      if (handle === 'gone') {
        isWhole = false
        continue
      }
      done.add(name)
      const isWritten = (): boolean => slot !== undefined && isClaimed(logsDir, String(slot))
      if (handle !== 'refused') await checkFile(handle, { path, owner: MESSAGES, isWritten }, check)
    }
    if (isWhole) return
  }
}
