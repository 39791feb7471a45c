/** A tracer whose spans a real exporter sends. */
import { context } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base'

export function openExporter({ encoding, compression, url, headers, resource }) {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  const Exporter = encoding === 'json' ? JsonExporter : ProtobufExporter
  const exporter = new Exporter({ url, headers, compression })
  const results = []
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes(resource),
    spanProcessors: [
      new BatchSpanProcessor({
        export: (spans, done) =>
          exporter.export(spans, (result) => {
            results.push(result.error === undefined ? 'sent' : String(result.error))
            done(result)
          }),
        shutdown: () => exporter.shutdown(),
        forceFlush: () => exporter.forceFlush(),
      }),
    ],
  })
  return {
    tracer: provider.getTracer('test'),
    async close() {
      await provider.forceFlush()
      await provider.shutdown()
      context.disable()
      return results
    },
  }
}
