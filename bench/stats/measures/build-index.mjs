// A question of all projects where there is no index, until no index changes any more. A process of its own.
import { setTimeout as wait } from 'node:timers/promises'
import { given, printResult } from '../child.mjs'
import { deleteIndex, indexState } from '../journal-files.mjs'
import { question } from '../questions.mjs'
import { open } from '../systems/ledgerline.mjs'

const LOOKED_EACH_MS = 100
/** An index that did not change for so long is complete. */
const STILL_MS = 3_000

const ledger = given()
deleteIndex(ledger)
const started = Date.now()
const opened = await open(ledger, { liveCounters: false })
await opened.ask(question('global', 0, ledger))
const firstMs = Date.now() - started
for (let state = indexState(ledger), since = Date.now(); Date.now() - since < STILL_MS; ) {
  await wait(LOOKED_EACH_MS)
  const now = indexState(ledger)
  if (now.changedMs !== state.changedMs || now.files !== state.files) since = Date.now()
  state = now
}
await opened.close()
const { files, bytes, changedMs } = indexState(ledger)
printResult({ files, bytes, firstMs, buildMs: files === 0 ? null : changedMs - started })
