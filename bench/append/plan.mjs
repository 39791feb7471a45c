// What a run measures, by its command line.
import { parseArgs } from 'node:util'
import { COMPARED, PARTS, SYSTEMS } from './systems.mjs'

/** Entries of a round by the bytes of the text, so that a round's texts, made beforehand, stay within 200 MB or so. */
const ENTRIES = { 200: 200_000, 2048: 60_000, 51200: 2_500 }
const SHORT = { 200: '200 B', 2048: '2 KB', 51200: '50 KB' }

export const USAGE = `npm run bench:append -- [options]
  --only <a,b>        of ${Object.keys(SYSTEMS).join(', ')}
  --payload <n,m>     bytes of text in an entry: ${Object.keys(ENTRIES).join(', ')}
  --in-flight <n,m>   calls under way at once: 1, 256
  --rounds <n>        5
  --seconds <n>       of computing, at most, for a round: 2
  --quick             three short rounds
  --parts             what a call of Ledgerline is made of, at 200 B and 256 in flight
  --dir <folder>      where the files go, instead of the system's folder for temporary files
  --markdown <file>   also puts the tables into this file, between its bench:append markers
`

/** Throws what parseArgs throws, and an Error that says what is wrong. */
export function readPlan(args) {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: 'string' },
      payload: { type: 'string' },
      'in-flight': { type: 'string' },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      quick: { type: 'boolean', default: false },
      parts: { type: 'boolean', default: false },
      dir: { type: 'string' },
      markdown: { type: 'string' },
    },
  })
  const { quick, parts, dir, markdown } = values
  const systems = values.only?.split(',') ?? (parts ? PARTS : COMPARED)
  const unknown = systems.filter((name) => SYSTEMS[name] === undefined)
  if (unknown.length > 0) throw new Error(`--only: there is no ${unknown.join(', ')}`)
  const numbers = (name, text) =>
    text.split(',').map((item) => {
      if (!(Number(item) > 0)) throw new Error(`--${name}: ${item} is no number above 0`)
      return Number(item)
    })
  const [rounds] = numbers('rounds', values.rounds ?? (quick ? '3' : '5'))
  const [seconds] = numbers('seconds', values.seconds ?? (quick ? '0.7' : '2'))
  const payloads = values.payload ?? (parts ? '200' : Object.keys(ENTRIES).join())
  const flights = values['in-flight'] ?? (parts ? '256' : '1,256')
  const cases = numbers('payload', payloads).flatMap((bytes) =>
    numbers('in-flight', flights).map((inFlight) => ({ ...sizes(bytes, quick), inFlight })),
  )
  return { parts, systems, cases, rounds, seconds, dir, markdown }
}

/** `label` of a size of text, and how many entries a round of it logs. */
function sizes(bytes, quick) {
  const entries = ENTRIES[bytes] ?? Math.min(200_000, Math.ceil(125_000_000 / bytes))
  const share = quick ? 0.5 : 1
  return {
    bytes,
    label: SHORT[bytes] ?? `${bytes} B`,
    entries: Math.ceil(entries * share),
    warmUp: Math.ceil(entries * 0.25),
  }
}
