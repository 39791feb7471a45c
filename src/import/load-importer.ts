/** An importer by its format: a new one for each import, since it may remember what it surveyed. */
import { claudeCode } from './formats/claude-code.js'
import { codex } from './formats/codex.js'
import { langfuse } from './formats/langfuse.js'
import { litellm } from './formats/litellm.js'
import { otlpJson } from './formats/otlp-json.js'
import type { Importer, ImportFormat } from './importer.js'

const IMPORTERS: Readonly<Record<ImportFormat, () => Importer>> = {
  'claude-code': claudeCode,
  codex,
  'otlp-json': otlpJson,
  litellm,
  langfuse,
}

export function loadImporter(format: ImportFormat): Importer {
  return IMPORTERS[format]()
}
