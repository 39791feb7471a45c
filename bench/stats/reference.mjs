// The right answers, by a fold over the lines: the first variants of each question. A process of its own when run.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { given, inProcess, printResult } from './child.mjs'
import { QUESTIONS, question } from './questions.mjs'

/** Variants of each question whose answers are compared. */
export const CHECKED = 3

function referencePath({ folder }) {
  return join(folder, 'reference.json')
}

/** A Map of the question as JSON to its answer. */
export function readReference(ledger) {
  return new Map(JSON.parse(readFileSync(referencePath(ledger), 'utf8')))
}

/** Makes the file where a kept ledger has none for the questions of today. */
export async function makeReference(ledger) {
  const known = existsSync(referencePath(ledger)) ? readReference(ledger) : new Map()
  if (!checkedQuestions(ledger).every((posed) => known.has(JSON.stringify(posed))))
    await inProcess('reference.mjs', ledger)
}

function checkedQuestions(ledger) {
  const variants = Array.from({ length: CHECKED }, (_, n) => n)
  return Object.keys(QUESTIONS).flatMap((name) => variants.map((n) => question(name, n, ledger)))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { open } = await import('./systems/json-fold.mjs')
  const ledger = given()
  const asked = checkedQuestions(ledger)
  const answers = open(ledger).askAll(asked)
  const named = asked.map((posed, i) => [JSON.stringify(posed), answers[i]])
  writeFileSync(referencePath(ledger), JSON.stringify(named))
  printResult(null)
}
