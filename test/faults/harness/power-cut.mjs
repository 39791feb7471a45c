// The disk as it may be after a power cut: what was synced, and of the rest whatever chance left. A name is safe when
// its folder was synced, the bytes and the size of a file when the file was.
import { mkdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

const PAGE = 4096

/**
 * @typedef {{offset: number, data: Buffer} | {size: number}} Change of a file: a write or a truncation
 * @typedef {{synced: Buffer, pending: Change[]}} Content
 * @typedef {{path: string, content: Content | 'folder' | undefined, old: string | undefined, isSafe: boolean}} Naming
 * `content` undefined: the name is taken away
 */

export class Disk {
  /** @type {Map<number, Content>} */
  #files = new Map()
  /** @type {Map<number, string>} */
  #folders = new Map()
  /** @type {Naming[]} */
  #names = []
  /** What a sync that began will have made safe. @type {Map<number, () => void>} */
  #syncs = new Map()

  /** @param {readonly string[]} folders that are there and safe, and empty but for one another */
  constructor(folders) {
    for (const path of folders) {
      this.#folders.set(statSync(path).ino, path)
      this.#names.push({ path, content: 'folder', old: undefined, isSafe: true })
    }
  }

  /** @param {import('./trace.mjs').Step} step */
  take({ type, inode, a, path, data }) {
    const file = this.#files.get(inode)
    if (type === 'create') this.#name(path, this.#newFile(inode))
    else if (type === 'mkdir') {
      this.#files.delete(inode)
      this.#folders.set(inode, path)
      this.#name(path, 'folder')
    } else if (type === 'write') file?.pending.push({ offset: a, data })
    else if (type === 'truncate') file?.pending.push({ size: a })
    else if (type === 'rename') this.#name(path, file, data.toString())
    else if (type === 'link') this.#name(path, file)
    else if (type === 'unlink' || type === 'rmdir') this.#name(path, undefined)
    else if (type === 'sync-start') this.#syncs.set(a, this.#sync(inode))
    else if (type === 'sync-end') this.#syncs.get(a)?.()
  }

  /** Writes the disk to the file system, with `to` in the place of `from`. @param {string} from @param {string} to @param {() => number} random */
  restore(from, to, random) {
    /** @type {Map<string, Content | 'folder'>} */
    const tree = new Map()
    // Mostly names are kept in order, as a file system with a journal does; sometimes any of them are lost, as POSIX allows.
    const inOrder = random() < 0.7
    let isLost = false
    for (const { path, content, old, isSafe } of this.#names) {
      if (!isSafe) {
        isLost = inOrder ? isLost || random() < 0.3 : random() < 0.5
        if (isLost) continue
      }
      if (old !== undefined) tree.delete(old)
      if (content === undefined) tree.delete(path)
      else tree.set(path, content)
    }
    const fate = random()
    const place = (/** @type {string} */ path) => to + path.slice(from.length)
    for (const [path, content] of tree)
      if (content === 'folder' && isReachable(path)) mkdirSync(place(path), { recursive: true, mode: 0o700 })
    for (const [path, content] of tree) {
      if (content === 'folder' || !isReachable(path)) continue
      writeFileSync(place(path), survivingBytes(content, fate, random), { mode: 0o600 })
    }

    function isReachable(/** @type {string} */ path) {
      for (let folder = dirname(path); folder.length > from.length; folder = dirname(folder)) {
        if (tree.get(folder) !== 'folder') return false
      }
      return true
    }
  }

  #newFile(/** @type {number} */ inode) {
    const file = { synced: Buffer.alloc(0), pending: [] }
    this.#files.set(inode, file)
    return file
  }

  #name(
    /** @type {string} */ path,
    /** @type {Naming['content']} */ content,
    /** @type {string | undefined} */ old = undefined,
  ) {
    this.#names.push({ path, content, old, isSafe: false })
  }

  /** Called when a sync begins; what it gives is called when it ended. @param {number} inode */
  #sync(inode) {
    const file = this.#files.get(inode)
    if (file !== undefined) {
      const changes = file.pending.length
      return () => {
        for (const change of file.pending.splice(0, changes)) file.synced = changed(file.synced, change)
      }
    }
    const folder = this.#folders.get(inode)
    const names = this.#names.filter(({ path }) => dirname(path) === folder)
    return () => {
      for (const name of names) name.isSafe = true
    }
  }
}

/** @param {Content} content @param {number} fate @param {() => number} random */
function survivingBytes({ synced, pending }, fate, random) {
  if (fate < 0.2) return synced
  if (fate < 0.4) return pending.reduce(changed, synced)
  if (fate < 0.7) {
    // The first so many, the last of them torn at any byte.
    const kept = pending.slice(0, Math.floor(random() * (pending.length + 1)))
    const last = kept.pop()
    const before = kept.reduce(changed, synced)
    if (last === undefined || 'size' in last) return before
    return changed(before, { ...last, data: last.data.subarray(0, Math.floor(random() * last.data.length)) })
  }
  // Any pages, in any order: a later one may be there and an earlier one not, which then holds zeros.
  let bytes = synced
  for (const change of pending) {
    if ('size' in change) bytes = random() < 0.5 ? changed(bytes, change) : bytes
    else for (const page of pagesOf(change)) if (random() < 0.6) bytes = changed(bytes, page)
  }
  return bytes
}

/** @param {Buffer} bytes @param {Change} change */
function changed(bytes, change) {
  if ('size' in change) {
    return change.size <= bytes.length
      ? bytes.subarray(0, change.size)
      : Buffer.concat([bytes, Buffer.alloc(change.size - bytes.length)])
  }
  const { offset, data } = change
  const next = Buffer.alloc(Math.max(bytes.length, offset + data.length))
  bytes.copy(next)
  data.copy(next, offset)
  return next
}

/** @param {{offset: number, data: Buffer}} write */
function* pagesOf({ offset, data }) {
  for (let at = 0; at < data.length; ) {
    const size = Math.min(PAGE - ((offset + at) % PAGE), data.length - at)
    yield { offset: offset + at, data: data.subarray(at, at + size) }
    at += size
  }
}
