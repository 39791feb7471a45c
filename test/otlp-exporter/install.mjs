/** Installs the exporters beside this file when they are missing. */
import { fileURLToPath } from 'node:url'
import { ensureInstalled } from '../../scripts/ensure-installed.mjs'

export function installExporters() {
  ensureInstalled(fileURLToPath(new URL('.', import.meta.url)))
}
