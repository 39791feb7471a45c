#!/usr/bin/env node
/** The command `ledgerline`. */
import { report } from './failure.js'
import { watchPipes } from './output.js'
import { createProgram } from './program.js'

watchPipes()
const program = createProgram()
try {
  await program.parseAsync()
} catch (error) {
  process.exitCode = report(error, program.opts().json === true)
}
