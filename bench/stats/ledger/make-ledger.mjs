// A ledger of a year: 50 projects of which one holds half, 8 models, 5,000 users, 20 requests a chat.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { entryLine, MODELS } from './entry-line.mjs'
import { openProjectLog } from './project-log.mjs'
import { randomSource, uuidV7 } from './random.mjs'

export const YEAR = { from: Date.UTC(2025, 0, 1), to: Date.UTC(2026, 0, 1) - 1 }
const PROJECTS = 50
const USERS = 5_000
const REQUESTS_A_CHAT = 20
/** Chats that are under way at once, in the project that holds half and in the others. */
const CHATS_AT_ONCE = [24, 4]
const SWITCHES_MODEL = 0.05
const SAMPLED_CHATS = 1_000
const SEED = 20_250_101
const MADE = 'made.json'

/**
 * Makes `<folder>/workspace` with `entries` requests, or finds it there. With `copies` 2 each request stands beside one
 * that began in the same millisecond, by the same model, in a chat of its own: twice the entries in the same buckets.
 * Gives {workspace, entries, copies, bytes, perSecond, projects: [{id, slug}], chats}: the first project holds half,
 * `chats` is a sample of its finished ones. The same numbers make the same bytes.
 */
export function makeLedger(folder, entries, copies = 1) {
  const workspace = join(folder, 'workspace')
  const made = join(folder, MADE)
  if (existsSync(made)) {
    const found = JSON.parse(readFileSync(made, 'utf8'))
    if (found.entries !== entries || found.copies !== copies) throw new Error(`${made} is of another ledger`)
    return { ...found, workspace }
  }
  rmSync(workspace, { recursive: true, force: true })
  mkdirSync(workspace, { mode: 0o700, recursive: true })
  const started = performance.now()
  const content = write(workspace, entries, copies)
  const perSecond = Math.round((entries / (performance.now() - started)) * 1000)
  const ledger = { entries, copies, perSecond, ...content }
  writeFileSync(made, JSON.stringify(ledger))
  return { ...ledger, workspace }
}

function write(workspace, entries, copies) {
  // What decides where a request belongs is drawn apart, so that copies change nothing of it.
  const [places, values] = [randomSource(SEED), randomSource(SEED + 1)]
  const projects = Array.from({ length: PROJECTS }, (_, i) => openProject(workspace, places, i, copies))
  const finished = []
  const requests = Math.floor(entries / copies)
  for (let i = 0; i < requests; i++) {
    const ms = Math.floor(YEAR.from + ((i + places.share()) / requests) * (YEAR.to - YEAR.from))
    const project = projects[i % 2 === 0 ? 0 : 1 + places.below(PROJECTS - 1)]
    const chats = project.chats[places.below(project.chats.length)]
    if (chats[0].left === 0) {
      if (project === projects[0] && chats[0].id !== undefined) finished.push(chats[0].id)
      for (const chat of chats) chat.left = 0
    }
    const startsWith = places.below(MODELS.length)
    const switches = places.share() < SWITCHES_MODEL
    for (const chat of chats) {
      if (chat.left === 0) begin(chat, values, ms, startsWith)
      if (switches) chat.model = startsWith
      chat.left--
      project.log.append(entryLine(values, chat, project.id, ms), ms)
    }
  }
  let bytes = 0
  for (const { log } of projects) bytes += log.close()
  const step = Math.max(1, Math.floor(finished.length / SAMPLED_CHATS))
  return {
    bytes,
    projects: projects.map(({ id, slug }) => ({ id, slug })),
    chats: finished.filter((_, i) => i % step === 0),
  }
}

function openProject(workspace, random, i, copies) {
  const id = uuidV7(random, YEAR.from)
  const [name, slug] = [`Project ${i + 1}`, `project-${i + 1}`]
  const createdAt = new Date(YEAR.from + i).toISOString()
  const log = openProjectLog(join(workspace, 'projects', slug), { id, name, slug, createdAt })
  const chats = Array.from({ length: CHATS_AT_ONCE[i === 0 ? 0 : 1] }, () =>
    Array.from({ length: copies }, () => ({ left: 0, id: undefined })),
  )
  return { id, slug, log, chats }
}

function begin(chat, random, ms, model) {
  chat.left = REQUESTS_A_CHAT
  chat.id = uuidV7(random, ms)
  chat.session = `session-${uuidV7(random, ms).slice(-12)}`
  chat.user = `user-${random.below(USERS)}`
  chat.model = model
  chat.messages = []
}
