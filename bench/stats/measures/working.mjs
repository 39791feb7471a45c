// What is measured of a ledger that is written meanwhile, on a copy of it. A process of its own.
import { given, printResult } from '../child.mjs'
import { QUESTIONS, question } from '../questions.mjs'
import { open } from '../systems/ledgerline.mjs'
import { acknowledgements } from './acknowledgements.mjs'
import { liveCounters } from './live-counters.mjs'
import { oneMoreFromElsewhere, oneMoreFromHere } from './one-more-entry.mjs'

const { ledger, seconds } = given()
const opened = await open(ledger)
for (const name of Object.keys(QUESTIONS)) await opened.ask(question(name, 0, ledger))
const counters = liveCounters(opened, ledger)
const here = await oneMoreFromHere(opened, ledger)
const elsewhere = await oneMoreFromElsewhere(opened, ledger)
const acks = await acknowledgements(opened, ledger, seconds)
await opened.close()
printResult({ counters, here, elsewhere, acks })
