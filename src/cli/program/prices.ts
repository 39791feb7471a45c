/** The commands that look at prices, and at what is odd. */
import type { Command } from 'commander'
import { subcommand } from './subcommand.js'

const REPRICE_NOTE = `
The log is append-only, so that no entry gets another cost: the command says
what would differ, and stats --repriced gives all other numbers by the prices of
today. They are those of the price book and of prices.json, of the dates at which
the requests started. What a provider said that it charged stays.`

const DOCTOR_NOTE = `
The exit is 0 also where something is odd; verify looks for damage. A model that
is unpriced today can be priced in prices.json: docs/prices.md.`

export function addReprice(program: Command): void {
  subcommand(program, 'reprice', 'what the requests would cost by the prices of today, by model', [
    'reprice --dry-run',
    'reprice --dry-run --project support-bot --from 2026-01-01 --to 2026-01-31',
  ])
    .option('--dry-run', 'needed: nothing is ever written')
    .option('--project <id or slug>', 'only this project')
    .option('--from <date>', 'a date (UTC) or an instant with a zone; included')
    .option('--to <date>', 'a date (UTC) or an instant with a zone; included')
    .addHelpText('after', REPRICE_NOTE)
    .action(async (_options, command: Command) => {
      const { repriceCommand } = await import('../commands/reprice.js')
      await repriceCommand(command.optsWithGlobals())
    })
}

export function addDoctor(program: Command): void {
  subcommand(program, 'doctor', 'what is odd: models without a price, estimates, requests that never ended', [
    'doctor',
    'doctor --project support-bot --json',
  ])
    .option('--project <id or slug>', 'only this project')
    .addHelpText('after', DOCTOR_NOTE)
    .action(async (_options, command: Command) => {
      const { doctorCommand } = await import('../commands/doctor.js')
      await doctorCommand(command.optsWithGlobals())
    })
}
