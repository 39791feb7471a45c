// What the machine lends to a case: compiled shims, tracing, file systems of its own. What it lacks is a skip.
import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Skipped } from './run-case.mjs'

/** Runs a command to its end; gives its output. @param {string} command @param {string[]} args */
export function run(command, ...args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8' })
  if (error !== undefined) throw error
  if (status !== 0) throw new Error(`${[command, ...args].join(' ')}: ${stderr.trim() || `status ${status}`}`)
  return stdout
}

/** Throws Skipped when the step fails. @template T @param {string} what @param {() => T} step */
function needs(what, step) {
  try {
    return step()
  } catch (error) {
    throw new Skipped(`${what}: ${error instanceof Error ? error.message : error}`)
  }
}

/** Changes a limit of a running process. @param {number | undefined} pid @param {string} limit as prlimit takes it, such as nofile=32 */
export function setLimit(pid, limit) {
  needs('cannot set limits', () => run('prlimit', '--pid', String(pid), `--${limit}`))
}

export function needRoot() {
  if (process.getuid?.() !== 0) throw new Skipped('needs root')
}

/**
 * Compiles a program or shared object of test/faults/shims/. Shims are for glibc and LD_PRELOAD.
 * @param {import('./run-case.mjs').Context} context @param {string} name with `.so` for a shared object
 */
export function compile({ folder }, name) {
  const source = fileURLToPath(new URL(`../shims/${name.replace(/\.so$/, '')}.c`, import.meta.url))
  const path = join(folder('shim'), name)
  const shared = name.endsWith('.so') ? ['-shared', '-fPIC', '-pthread'] : []
  needs('no C compiler', () => run('gcc', '-O1', '-Wall', ...shared, '-o', path, source, '-ldl'))
  return path
}

/** Whether strace may inject into a process here. */
export function needStrace() {
  const probe = ['-f', '-o', '/dev/null', '-e', 'inject=fdatasync:error=EIO', 'true']
  needs('strace cannot inject', () => run('strace', ...probe))
}

/** The disk to its last page: by ever smaller pieces. @param {string} path of the file that takes the space */
export function fillDisk(path) {
  for (const size of [65_536, 4_096]) {
    try {
      for (;;) writeFileSync(path, Buffer.alloc(size), { flag: 'a' })
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error
    }
  }
}

/** A tmpfs of the size. @param {import('./run-case.mjs').Context} context @param {string} size as mount takes it */
export function mountTmpfs({ folder, onEnd }, size) {
  needRoot()
  const path = folder('tmpfs')
  needs('no tmpfs', () => run('mount', '-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', path))
  onEnd(() => run('umount', '-l', path))
  return path
}

/**
 * An ext4 file system in a file. `mount` may be called again after `umount`, as after a reboot.
 * @param {import('./run-case.mjs').Context} context @param {string} [options] of mount
 */
export function makeLoopDisk({ folder, onEnd }, options = 'loop') {
  needRoot()
  const dir = folder('loop')
  const [image, path] = [join(dir, 'image'), join(dir, 'disk')]
  mkdirSync(path)
  let isMounted = false
  const disk = {
    path,
    /** The block device, such as loop0. */
    device: () => run('findmnt', '-n', '-o', 'SOURCE', path).trim().replace('/dev/', ''),
    mount() {
      run('mount', '-o', options, image, path)
      isMounted = true
    },
    umount() {
      if (!isMounted) return
      run('umount', path)
      isMounted = false
    },
  }
  needs('no ext4 on a loop device', () => {
    run('truncate', '-s', '32M', image)
    run('mkfs.ext4', '-q', '-F', image)
    disk.mount()
  })
  onEnd(() => disk.umount())
  return disk
}
