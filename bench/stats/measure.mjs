// All figures of a ledger of one size.
import { inProcess } from './child.mjs'
import { deleteIndex } from './journal-files.mjs'
import { copyLedger } from './measures/working-copy.mjs'
import { QUESTIONS } from './questions.mjs'
import { makeReference } from './reference.mjs'
import { FOLD_OF_MANY, MANY, SYSTEMS } from './systems.mjs'

/**
 * {entries, bytes, madePerSecond, rows, prepared, sums, index, working}; see the steps below. Throws when an answer is
 * wrong. `tell` is told what begins.
 */
export async function measure(ledger, { systems, measures, rounds, seconds }, tell) {
  const figures = {
    entries: ledger.entries,
    bytes: ledger.bytes,
    madePerSecond: ledger.perSecond,
    prepared: {},
  }
  tell('the right answers')
  await makeReference(ledger)
  for (const system of systems) {
    const { module } = SYSTEMS[system]
    if (!['duckdb-parquet', 'clickhouse'].includes(module)) continue
    tell(`files for ${SYSTEMS[system].title}`)
    figures.prepared[system] = await inProcess('prepare.mjs', { module, ledger })
  }
  if (measures.has('sum')) {
    tell("DuckDB's typed sum")
    figures.sums = await typedSums(ledger, rounds)
  }
  if (systems.includes('cold')) figures.cold = await answered('cold', ledger, rounds, tell)
  const needsIndex = measures.has('working') || systems.some((system) => SYSTEMS[system].index === 'complete')
  if (measures.has('index') || needsIndex) {
    tell('the index')
    figures.index = await inProcess('measures/build-index.mjs', ledger)
  }
  figures.rows = figures.cold === undefined ? {} : { cold: figures.cold }
  delete figures.cold
  const others = systems.filter((system) => system !== 'cold')
  const found = Object.fromEntries(others.map((system) => [system, []]))
  for (let round = 0; round < rounds; round++) {
    for (const system of round % 2 === 0 ? others : others.toReversed())
      found[system].push(await askedOnce(system, ledger, tell))
  }
  for (const system of others) figures.rows[system] = medians(found[system])
  if (measures.has('working')) {
    tell('a ledger that is written')
    const copy = copyLedger(ledger)
    try {
      figures.working = await inProcess('measures/working.mjs', { ledger: copy.ledger, seconds })
    } finally {
      copy.remove()
    }
  }
  return figures
}

/** Ratios of warm times with twice the entries in the same buckets, by question. */
export async function measureDoubling(single, double, rounds, tell) {
  const times = { single: [], double: [] }
  for (const ledger of [single, double]) {
    tell(`the right answers and the index of ${ledger.entries}`)
    await makeReference(ledger)
    await inProcess('measures/build-index.mjs', ledger)
  }
  for (let round = 0; round < Math.max(rounds, 3); round++) {
    for (const [name, ledger] of Object.entries({ single, double }))
      times[name].push(await askedOnce('warm', ledger, tell))
  }
  const [one, two] = [medians(times.single), medians(times.double)]
  return Object.fromEntries(
    Object.keys(QUESTIONS).map((name) => [
      name,
      { single: one.questions[name].ms, double: two.questions[name].ms },
    ]),
  )
}

async function typedSums(ledger, rounds) {
  const sums = { half: [], all: [] }
  for (let round = 0; round < Math.max(rounds, 2); round++) {
    for (const [name, projects] of [
      ['half', ledger.projects.slice(0, 1)],
      ['all', ledger.projects],
    ]) {
      const { ms } = await inProcess('measures/typed-sum.mjs', { workspace: ledger.workspace, projects })
      sums[name].push(ms)
    }
  }
  return { half: middle(sums.half), all: middle(sums.all) }
}

async function answered(system, ledger, rounds, tell) {
  const found = []
  for (let round = 0; round < rounds; round++) found.push(await askedOnce(system, ledger, tell))
  return medians(found)
}

/** {openMs, rss, peak, questions}: by one process, or one a question, and then the figures of the largest. */
async function askedOnce(system, ledger, tell) {
  tell(SYSTEMS[system].title)
  const { alone, index } = SYSTEMS[system]
  const isPart = system === 'fold' && ledger.entries > MANY
  const questions = isPart ? FOLD_OF_MANY : Object.keys(QUESTIONS)
  const found = []
  for (const some of alone ? questions.map((name) => [name]) : [questions]) {
    if (index === 'none') deleteIndex(ledger)
    found.push(await inProcess('ask.mjs', { system, ledger, questions: some }))
  }
  const most = (name) => Math.max(...found.map((figures) => figures[name]))
  return {
    openMs: most('openMs'),
    rss: most('rss'),
    peak: most('peak'),
    questions: Object.assign({}, ...found.map((figures) => figures.questions)),
  }
}

function medians(list) {
  const [first] = list
  const of = (read) => middle(list.map(read))
  return {
    openMs: of(({ openMs }) => openMs),
    rss: of(({ rss }) => rss),
    peak: of(({ peak }) => peak),
    questions: Object.fromEntries(
      Object.keys(first.questions).map((name) => [
        name,
        {
          ms: of(({ questions }) => questions[name].ms),
          times: list.reduce((sum, { questions }) => sum + questions[name].times, 0),
        },
      ]),
    ),
  }
}

function middle(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const half = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
}
