import type { Tracer } from '@opentelemetry/api'

export interface ExporterSettings {
  readonly encoding: 'json' | 'protobuf'
  readonly compression: 'none' | 'gzip'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly resource: Readonly<Record<string, string>>
}

export interface Exporter {
  readonly tracer: Tracer
  /** Sends what is left; `sent`, or an error, for each batch. */
  close(): Promise<string[]>
}

export function openExporter(settings: ExporterSettings): Exporter
