// What a run measures, by its command line.
import { parseArgs } from 'node:util'
import { SYSTEMS } from './systems.mjs'

/** What is measured of Ledgerline beside the times of its answers. */
export const MEASURES = ['sum', 'index', 'working', 'doubling']
const DOUBLED = 1_000_000
/** Beyond so many entries one round is made unless told otherwise. */
const LARGE = 2_000_000

export const USAGE = `npm run bench:stats -- [options]
  --entries <n,m>     sizes of the ledgers: 100000,1000000; the goals are for 10000000, which takes some 40 GB of disk
  --rounds <n>        processes of each system and size, of which the median counts: 3, and 1 beyond ${LARGE} entries
  --only <a,b>        of ${[...Object.keys(SYSTEMS), ...MEASURES].join(', ')}
  --seconds <n>       of steady logging, idle and while stats run: 10
  --double <n>        entries of the ledger that is compared with one of twice as many in the same buckets:
                      ${DOUBLED}, or the largest of the sizes when that is less
  --keep <folder>     where the ledgers go and stay for the next run, instead of a temporary folder
  --figures <file>    JSON that the figures of each size are added to; those of other sizes in it are printed too
  --print             measures nothing: prints what is in --figures
  --markdown <file>   also puts the tables into this file, between its bench:stats markers
  --chart <file>      also draws the growth as an SVG
`

/** Throws what parseArgs throws, and an Error that says what is wrong. */
export function readPlan(args) {
  const { values } = parseArgs({
    args,
    options: {
      entries: { type: 'string', default: '100000,1000000' },
      rounds: { type: 'string' },
      only: { type: 'string' },
      seconds: { type: 'string', default: '10' },
      double: { type: 'string' },
      keep: { type: 'string' },
      figures: { type: 'string' },
      print: { type: 'boolean', default: false },
      markdown: { type: 'string' },
      chart: { type: 'string' },
    },
  })
  const { keep, figures, print, markdown, chart } = values
  const sizes = values.entries
    .split(',')
    .map((text) => count('entries', text))
    .sort((a, b) => a - b)
  const names = [...Object.keys(SYSTEMS), ...MEASURES]
  const only = values.only?.split(',') ?? names
  const unknown = only.filter((name) => !names.includes(name))
  if (unknown.length > 0) throw new Error(`--only: there is no ${unknown.join(', ')}`)
  const rounds = values.rounds === undefined ? undefined : count('rounds', values.rounds)
  return {
    sizes: print ? [] : sizes,
    roundsOf: (entries) => rounds ?? (entries > LARGE ? 1 : 3),
    systems: Object.keys(SYSTEMS).filter((name) => only.includes(name)),
    measures: new Set(MEASURES.filter((name) => only.includes(name))),
    seconds: count('seconds', values.seconds),
    doubled: count('double', values.double ?? String(Math.min(DOUBLED, sizes.at(-1)))),
    ...{ keep, figures, print, markdown, chart },
  }
}

function count(name, text) {
  const number = Number(text)
  if (Number.isSafeInteger(number) && number > 0) return number
  throw new Error(`--${name}: ${text} is no integer above 0`)
}
