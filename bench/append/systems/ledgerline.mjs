// Ledgerline as it comes, at one of its two durability levels.
import { openLedger } from '../../../dist/index.js'

export async function open({ folder, durability, rotation }) {
  const ledger = await openLedger({
    workspace: folder,
    durability,
    ...(rotation === undefined ? {} : { rotation }),
    systemLog: { level: 'silent', pretty: false },
  })
  const { id } = await ledger.createProject({ name: 'Bench' })
  return {
    acknowledges: 'promise',
    projectId: id,
    log: (entry) => ledger.logLLMRequest(entry),
    settle() {},
    close: () => ledger.close(),
  }
}
