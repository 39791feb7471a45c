// What Ledgerline does with a call, up to one of its parts: what the parts cost is seen by what each adds.
import { join } from 'node:path'
import { lineOf, prepareEntry } from '../../../dist/entry/prepare.js'
import { AppendFile } from '../../../dist/journal/append-file.js'
import { Batch } from '../../../dist/journal/batch.js'
import { AppendedCall } from '../../../dist/ledger/appended-call.js'
import { costText, loadPriceBook } from '../../../dist/pricing/price-book.js'
import { LiveCounters } from '../../../dist/stats/live-counters.js'

/** In the order in which they are added; before the first the call is only waited for. */
const PARTS = ['wait', 'line', 'bytes', 'count', 'file']

export async function open({ folder, upTo }) {
  const has = (part) => PARTS.indexOf(part) <= PARTS.indexOf(upTo)
  const book = await loadPriceBook()
  const counters = new LiveCounters()
  const file = has('file') ? new AppendFile({ path: join(folder, 'requests.jsonl'), sync: false }) : undefined
  const outcome = {
    written: has('count') ? ({ entry }) => counters.count(entry, entry.isNew) : () => undefined,
    failed: (error) => Promise.reject(error),
  }
  const makeLine = has('line')
    ? ledgerLine
    : (entry) => [`${JSON.stringify(entry)}\n`, { id: 'none', text: '' }]
  let waiting = []
  let batch
  let bytes = 0

  /** Without a file the calls are settled once a turn of the event loop. */
  function settleLater(line, call) {
    bytes += line.length
    if (waiting.length === 0) setImmediate(settleAll)
    if (!has('bytes')) waiting.push(call)
    else if (batch?.add(line, call) !== true) {
      batch = new Batch(line, true)
      batch.add(line, call)
      waiting.push(batch)
    }
  }

  function settleAll() {
    const done = waiting
    waiting = []
    batch = undefined
    for (const each of done) {
      each.written()
      each.release?.()
    }
  }

  function ledgerLine(entry, now) {
    const prepared = prepareEntry(entry, now, 'bench')
    const cost = book.price(prepared)
    prepared.cost = cost.amount ?? undefined
    return [lineOf(prepared, `,"cost":${costText(cost)}`, 'bench'), prepared]
  }

  return {
    acknowledges: 'promise',
    log(entry) {
      const now = Date.now()
      const [line, prepared] = makeLine(entry, now)
      const call = new AppendedCall(prepared, { operation: 'bench', neverThrows: false, now }, outcome)
      if (file === undefined) settleLater(line, call)
      else file.add(line, call)
      return call.result
    },
    settle() {},
    bytes: has('file') ? undefined : () => bytes,
    close: () => file?.close(),
  }
}
