// `npm start`: installs what is missing, builds, and shows what there is; see start/serve-workspace.mjs.
import { build, ROOT } from './build.mjs'
import { ensureInstalled } from './ensure-installed.mjs'

process.chdir(ROOT)
ensureInstalled(ROOT)
build()
// What it imports is only there now.
await import('./start/serve-workspace.mjs')
