// All cases, in the order of the table of faults.
import badEntries from './cases/bad-entries.mjs'
import badIds from './cases/bad-ids.mjs'
import clock from './cases/clock.mjs'
import clusterDown from './cases/cluster-down.mjs'
import damageInside from './cases/damage-inside.mjs'
import damageSealed from './cases/damage-sealed.mjs'
import diskFull from './cases/disk-full.mjs'
import diskFullRetention from './cases/disk-full-retention.mjs'
import fileSizeLimit from './cases/file-size-limit.mjs'
import fsyncError from './cases/fsync-error.mjs'
import gzip from './cases/gzip.mjs'
import killLoop from './cases/kill-loop.mjs'
import killPending from './cases/kill-pending.mjs'
import manyProcesses from './cases/many-processes.mjs'
import million from './cases/million.mjs'
import movedFile from './cases/moved-file.mjs'
import noDescriptors from './cases/no-descriptors.mjs'
import notAllowed from './cases/not-allowed.mjs'
import powerCutReal from './cases/power-cut-real.mjs'
import powerCutSimulated from './cases/power-cut-simulated.mjs'
import quota from './cases/quota.mjs'
import readOnly from './cases/read-only.mjs'
import readerSide from './cases/reader-side.mjs'
import shortWrites from './cases/short-writes.mjs'
import sigterm from './cases/sigterm.mjs'
import sigtermTwice from './cases/sigterm-twice.mjs'
import slowDisk from './cases/slow-disk.mjs'
import tornTail from './cases/torn-tail.mjs'
import upstream from './cases/upstream.mjs'

/** @type {import('./harness/run-case.mjs').Case[]} */
export const CASES = [
  killLoop,
  killPending,
  powerCutReal,
  powerCutSimulated,
  fsyncError,
  shortWrites,
  diskFull,
  diskFullRetention,
  fileSizeLimit,
  quota,
  readOnly,
  noDescriptors,
  slowDisk,
  tornTail,
  damageInside,
  damageSealed,
  gzip,
  sigterm,
  sigtermTwice,
  manyProcesses,
  million,
  clock,
  movedFile,
  notAllowed,
  readerSide,
  badEntries,
  badIds,
  upstream,
  clusterDown,
]
