/** A ledger that is served, and a tracer of the host whose spans the exporters of OpenTelemetry send to it. */
import { onTestFinished } from 'vitest'
import { serve } from '../../src/http/server.js'
import type { TestLedger } from '../fixtures/open-test-ledger.js'
import type { Exporter, ExporterSettings } from './exporter.mjs'
import { installExporters } from './install.mjs'

/** The URL that takes traces, until the test ends. */
export async function startServer(own: TestLedger): Promise<string> {
  const server = await serve({ ledger: own.ledger, host: '127.0.0.1', port: 0 })
  onTestFinished(() => server.close())
  return `${server.url}/v1/traces`
}

/** Loaded when they are installed; to the project `Test`, by default in protobuf and gzip. */
export async function openExporter(url: string, settings: Partial<ExporterSettings> = {}): Promise<Exporter> {
  installExporters()
  const exporters = await import('./exporter.mjs')
  return exporters.openExporter({
    encoding: 'protobuf',
    compression: 'gzip',
    url,
    headers: { 'x-ledgerline-project': 'test' },
    resource: { 'service.name': 'support' },
    ...settings,
  })
}
