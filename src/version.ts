/** The version of the package, from the package.json beside `src` and `dist`. */
import { readFileSync } from 'node:fs'

/** Such as `1.2.3`. */
export function packageVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  if (typeof manifest === 'object' && manifest !== null && 'version' in manifest)
    return String(manifest.version)
  return '0.0.0'
}
