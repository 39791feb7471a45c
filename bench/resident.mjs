// The memory of this process that is resident.
import { readFileSync, writeFileSync } from 'node:fs'

/** Linux starts counting the highest resident size anew; elsewhere the peak is that of the whole process. */
export function resetPeak() {
  try {
    writeFileSync('/proc/self/clear_refs', '5')
  } catch {}
}

/** The highest resident size in bytes. */
export function peakRss() {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'latin1'))?.[1]) * 1024
  } catch {
    return process.resourceUsage().maxRSS * 1024
  }
}
