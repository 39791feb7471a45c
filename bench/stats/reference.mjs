// The right answers, by a fold over the lines: the first variants of each question. A process of its own when run.
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { given, inProcess, printResult } from './child.mjs'
import { QUESTIONS, question } from './questions.mjs'

/** Variants of each question whose answers are compared. */
export const CHECKED = 3

export function referencePath({ folder }) {
  return join(folder, 'reference.json')
}

/** Makes the file, once a ledger. */
export async function makeReference(ledger) {
  if (!existsSync(referencePath(ledger))) await inProcess('reference.mjs', ledger)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { open } = await import('./systems/json-fold.mjs')
  const ledger = given()
  const asked = Object.keys(QUESTIONS).flatMap((name) =>
    Array.from({ length: CHECKED }, (_, n) => [`${name} ${n}`, question(name, n, ledger)]),
  )
  const answers = open(ledger).askAll(asked.map(([, posed]) => posed))
  const named = Object.fromEntries(asked.map(([name], i) => [name, answers[i]]))
  writeFileSync(referencePath(ledger), JSON.stringify(named))
  printResult(null)
}
