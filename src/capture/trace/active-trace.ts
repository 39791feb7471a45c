/** The span that is active in the host, where it uses OpenTelemetry. Its packages are not imported. */
import { type Trace, traceOf } from './trace.js'

/** Where version 1 of `@opentelemetry/api` keeps what the host registered, shared by all its copies. */
const REGISTRY = Symbol.for('opentelemetry.js.api.1')
const ACTIVE_SPAN = Symbol.for('OpenTelemetry Context Key SPAN')

/** What is used of the registry: all of it is another package's, and may be anything. */
interface Registry {
  readonly context?: {
    active?(): {
      getValue?(key: symbol): { spanContext?(): { traceId?: unknown; spanId?: unknown } } | undefined
    }
  }
}

/** Undefined without OpenTelemetry, and outside any span. To be called in the context of the caller. Never throws. */
export function activeTrace(): Trace | undefined {
  try {
    const registry: Registry | undefined = Reflect.get(globalThis, REGISTRY)
    const span = registry?.context?.active?.().getValue?.(ACTIVE_SPAN)
    const context = span?.spanContext?.()
    return context === undefined ? undefined : traceOf(context.traceId, context.spanId)
  } catch {
    // The call is logged without its trace then.
    return undefined
  }
}
