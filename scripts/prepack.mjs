// Before `npm pack` and `npm publish`: a package without a build would be empty.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { build, ROOT } from './build.mjs'
import { ensureInstalled } from './ensure-installed.mjs'

ensureInstalled(ROOT)
rmSync(join(ROOT, 'dist'), { recursive: true, force: true })
build()
