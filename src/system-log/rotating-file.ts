/** One process's file of the system log: opened, appended to, rotated by rotating-file-stream. */

import { constants, existsSync } from 'node:fs'
import { open, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { FileSystemError } from '../errors.js'
import { makeFolder } from '../journal/make-folder.js'
import type { ResolvedSystemLogOptions } from './resolve-options.js'
import { missingBytes } from './tail.js'

export type RotationLimits = Pick<
  ResolvedSystemLogOptions,
  'maxSize' | 'interval' | 'maxFiles' | 'maxTotalSize' | 'gzip'
>

export interface RotatingFile {
  readonly path: string
  /** Given to the system, or why not. `written` with an error: the bytes are there, the rotation after them failed. */
  append(bytes: Buffer): Promise<{ readonly written: boolean; readonly error?: unknown }>
  /** False when somebody moved or deleted it: what is written would not be found. */
  isAtPath(): boolean
  close(): Promise<void>
}

/** `system.jsonl` of slot 0, `system.<slot>.jsonl` of the others; rotated ones carry the instant, UTC. */
function fileNames(slot: number) {
  const stem = slot === 0 ? 'system' : `system.${slot}`
  return {
    active: `${stem}.jsonl`,
    history: `.${stem}.history`,
    rotated: (at: Date, index: number, gzip: boolean): string =>
      `${stem}.${at.toISOString().replaceAll(':', '')}-${index}.jsonl${gzip ? '.gz' : ''}`,
    isRotated: (name: string): boolean =>
      name.startsWith(`${stem}.`) &&
      /^\d{4}-\d\d-\d\dT[\d.]+Z-\d+\.jsonl(\.gz)?$/.test(name.slice(stem.length + 1)),
  }
}

/**
 * Opens it for appending, folder 0700 and file 0600 where absent. `last` are the bytes appended before a failure: what
 * is missing of them is appended first. Throws what the file system throws, PATH_IS_SYMLINK for a symbolic link.
 */
export async function openRotatingFile(
  folder: string,
  slot: number,
  limits: RotationLimits,
  last: Buffer,
): Promise<RotatingFile> {
  const names = fileNames(slot)
  const path = join(folder, names.active)
  makeFolder(folder)
  await repair(path, last)
  await rebuildHistory(folder, names)

  const { createStream } = await import('rotating-file-stream')
  let rotatedPath = ''
  const stream = createStream(
    (time, index = 1) => {
      if (!time) return names.active
      // The time passed in may be the period's; the instant itself never comes twice, so names are not reused.
      const name = names.rotated(new Date(), index, limits.gzip)
      rotatedPath = join(folder, name)
      return name
    },
    {
      path: folder,
      mode: 0o600,
      size: limits.maxSize,
      interval: limits.interval,
      intervalBoundary: true,
      // A process that never runs past midnight rotates by age as well.
      initialRotation: true,
      maxFiles: limits.maxFiles,
      maxSize: limits.maxTotalSize,
      history: names.history,
      ...(limits.gzip ? { compress: 'gzip' as const } : {}),
    },
  )
  let rotating = false
  let rotations = 0
  stream.on('rotation', () => {
    rotating = true
    rotations++
  })
  stream.on('open', () => {
    rotating = false
  })
  // Reported by the append that fails; without a listener it would end the process.
  stream.on('error', () => undefined)

  const file: RotatingFile = {
    path,
    append: (bytes) => {
      const before = rotations
      return new Promise((resolve) => {
        stream.write(bytes, (error) => {
          resolve(error ? { written: rotations > before, error } : { written: true })
        })
      })
    },
    isAtPath: () => rotating || existsSync(path),
    async close() {
      if (!stream.closed) {
        await new Promise<void>((resolve) => {
          stream.once('close', resolve)
          stream.end()
        })
      }
      // A rotation that failed half-way leaves a part of a copy; the original is complete.
      if (rotating && limits.gzip && existsSync(path)) await rm(rotatedPath, { force: true })
    },
  }
  // Waits for the opening and any rotation it brings; version 3.2.0 tells of a failure to a write only.
  const { error } = await file.append(Buffer.alloc(0))
  if (error !== undefined) {
    await file.close()
    throw error
  }
  return file
}

const FLAGS =
  constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK

/** Makes the file when absent and completes a torn last line; rotating-file-stream does not look at it. */
async function repair(path: string, last: Buffer): Promise<void> {
  const handle = await open(path, FLAGS, 0o600).catch((cause: unknown) => {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'ELOOP')) throw cause
    const details = { operation: 'openSystemLog', path, cause }
    throw new FileSystemError('PATH_IS_SYMLINK', 'the system log is a symbolic link', details)
  })
  try {
    const stat = await handle.stat()
    if (!stat.isFile()) throw new Error('the system log is no regular file')
    const missing = await missingBytes(handle, stat.size, last)
    if (missing.length > 0) await handle.appendFile(missing)
    // Else an empty file of yesterday would be rotated for its age.
    else if (stat.size === 0) await handle.utimes(new Date(), new Date())
  } finally {
    await handle.close()
  }
}

/** The list of rotated files that the limits count; made anew, since a workspace may have been moved. */
async function rebuildHistory(folder: string, names: ReturnType<typeof fileNames>): Promise<void> {
  const rotated = (await readdir(folder)).filter(names.isRotated).sort()
  const text = rotated.map((name) => `${join(folder, name)}\n`).join('')
  await writeFile(join(folder, names.history), text, { mode: 0o600 })
}
