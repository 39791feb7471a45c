import { openLedger } from '../../index.js'
import { type GlobalOptions, requireWritable, workspacePath } from '../open-workspace.js'
import { complain, writeJson, writeLine } from '../output.js'
import { terminalText } from '../terminal-text.js'

export interface ServeCommandOptions extends GlobalOptions {
  readonly port?: number
  readonly host?: string
  readonly upstreams?: string
}

const SIGNALS = { SIGINT: 2, SIGTERM: 15 } as const

/** Until SIGINT or SIGTERM: then what is under way is answered and written. A second signal ends it at once. */
export async function serveCommand(options: ServeCommandOptions): Promise<void> {
  const { serve } = await import('../../http/server.js')
  const workspace = workspacePath(options)
  await requireWritable(workspace)
  const ledger = await openLedger({ workspace })
  try {
    const { host, port, upstreams } = options
    const server = await serve({
      ledger,
      ...(host === undefined ? {} : { host }),
      ...(port === undefined ? {} : { port }),
      ...(upstreams === undefined ? {} : { upstreamsFile: upstreams }),
    })
    const stopped = untilSignal()
    if (options.json) await writeJson({ url: server.url, workspace: ledger.workspace })
    else await writeLine(whereToLook(server.url, ledger.workspace))
    await stopped
    await server.close()
  } finally {
    await ledger.close()
  }
}

function whereToLook(url: string, workspace: string): string {
  return [
    `Ledgerline listens on ${url}`,
    `  projects   ${url}/api/projects`,
    `  stats      ${url}/api/stats`,
    `  the API    ${url}/openapi.json`,
    `  files      ${terminalText(workspace)}`,
  ].join('\n')
}

function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    let isStopping = false
    for (const [signal, number] of Object.entries(SIGNALS)) {
      process.on(signal, () => {
        if (isStopping) process.exit(128 + number)
        isStopping = true
        complain('ledgerline: finishing what is under way; a second signal ends it at once')
        resolve()
      })
    }
  })
}
