// Where and when a run was made.
import { statfsSync } from 'node:fs'
import { availableParallelism, loadavg, totalmem } from 'node:os'

const FILE_SYSTEMS = {
  61267: 'ext4',
  16914836: 'tmpfs',
  1481003842: 'xfs',
  2435016766: 'btrfs',
  2035054128: 'overlayfs',
}

/** One line: cores, memory, Node, the file system of `folder`, the date, and how busy the machine was. */
export function machine(folder) {
  const gib = Math.round(totalmem() / 2 ** 30)
  const { type } = statfsSync(folder)
  const disk = FILE_SYSTEMS[type] ?? `file system ${type.toString(16)}`
  const date = new Date().toISOString().slice(0, 10)
  return `${availableParallelism()} cores, ${gib} GiB, Node ${process.version}, ${disk}, ${date}, load ${loadavg()[0].toFixed(1)} before`
}
