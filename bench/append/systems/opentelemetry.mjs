// A span an entry, a BatchSpanProcessor, and an exporter that writes a JSON line a span.
import { open as openFile } from 'node:fs/promises'
import { join } from 'node:path'
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base'

/** ExportResultCode.SUCCESS */
const SUCCESS = { code: 0 }

export async function open({ folder, inFlight }) {
  const file = await openFile(join(folder, 'spans.jsonl'), 'a')
  const written = new Map()
  const exporter = {
    async export(spans, done) {
      await file.appendFile(spans.map((span) => `${JSON.stringify(toLine(span))}\n`).join(''))
      for (const span of spans) {
        written.get(span)?.()
        written.delete(span)
      }
      done(SUCCESS)
    },
    async shutdown() {},
  }
  // Its default waits five seconds for 512 spans; here a batch goes as soon as every caller waits for it.
  const processor = new BatchSpanProcessor(exporter, {
    maxExportBatchSize: Math.min(inFlight, 512),
    scheduledDelayMillis: 5,
  })
  const tracer = new BasicTracerProvider({ spanProcessors: [processor] }).getTracer('bench')
  // Its timers let the process end; this one keeps it for the last batch.
  const alive = setInterval(() => {}, 1000)
  return {
    acknowledges: 'promise',
    log: (entry) =>
      new Promise((resolve) => {
        const span = tracer.startSpan('llm request', { attributes: toAttributes(entry) })
        written.set(span, resolve)
        span.end()
      }),
    settle() {},
    async close() {
      clearInterval(alive)
      await processor.shutdown()
      await file.close()
    },
  }
}

/** Attributes are flat. */
function toAttributes(entry) {
  return {
    project_id: entry.project_id,
    chat_id: entry.chat_id,
    model: entry.model,
    status: entry.status,
    'usage.prompt_tokens': entry.usage.prompt_tokens,
    'usage.completion_tokens': entry.usage.completion_tokens,
    'timings.latency_ms': entry.timings.latency_ms,
    'timings.time_to_first_token_ms': entry.timings.time_to_first_token_ms,
    'metadata.text': entry.metadata.text,
  }
}

function toLine(span) {
  const { name, startTime, endTime, status, attributes } = span
  const { traceId, spanId } = span.spanContext()
  return { trace_id: traceId, span_id: spanId, name, start: startTime, end: endTime, status, attributes }
}
