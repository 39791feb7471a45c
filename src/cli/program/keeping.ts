/** The commands that look after the files. */
import { type Command, InvalidArgumentError } from 'commander'
import type { SealHead } from '../../index.js'
import { subcommand, wholeNumber } from './subcommand.js'

const ROTATE_NOTE = `
Files of processes that run are theirs, and stay open: they close them by size
and age. LEDGERLINE_ROTATION_... and LEDGERLINE_RETENTION_... say what is done,
LEDGERLINE_SEALS_PRIVATE_KEY signs the seals. Where they are signed, nothing is
sealed or deleted without it.`

const CLEANUP_NOTE = `
A limit that is not given is that of LEDGERLINE_RETENTION_...; without any,
nothing is deleted. Of a deleted segment of requests a summary stays, with all
that is counted and nothing that was said. Where seals are signed, nothing is
deleted without LEDGERLINE_SEALS_PRIVATE_KEY.`

const VERIFY_NOTE = `
Exit codes: 0 nothing is wrong, 1 damage or a broken seal, 2 the command line is
wrong. A line that a running process has not finished is no damage. Keep the
head elsewhere: only with it shows that segments and their seals were cut off
together. Without --seals only closed segments that are gone are named, and not
those that were changed. docs/reliability.md says what each kind of damage means
and what to do about it.`

const REPAIR_NOTE = `
A file that is repaired stays as it was in logs/damaged/. Files of processes that
run are left alone and named. The repair of a sealed segment is put on record,
signed with LEDGERLINE_SEALS_PRIVATE_KEY when that is set.`

export function addRotate(program: Command): void {
  subcommand(program, 'rotate', 'close the active files, then seal, compress and delete as configured', [
    'rotate --project support-bot',
  ])
    .option('--project <id or slug>', 'only this project')
    .addHelpText('after', ROTATE_NOTE)
    .action(async (_options, command: Command) => {
      const { rotateCommand } = await import('../commands/rotate.js')
      await rotateCommand(command.optsWithGlobals())
    })
}

export function addCleanup(program: Command): void {
  const limit = wholeNumber(1, Number.MAX_SAFE_INTEGER)
  const days = wholeNumber(1, 36_500)
  subcommand(program, 'cleanup', 'delete closed segments past the limits of retention; totals stay', [
    'cleanup --dry-run --max-age-days 90',
    'cleanup --project support-bot --max-bytes 1000000000',
  ])
    .option('--project <id or slug>', 'only this project')
    .option('--dry-run', 'say what would be deleted, and change nothing')
    .option('--trust-clock', 'take the present time as right although the clock jumped')
    .option('--max-age-days <number>', 'days since the newest line of a segment', days)
    .option('--max-segments <number>', 'closed segments of one journal', limit)
    .option('--max-bytes <number>', 'what the closed segments of one journal weigh together', limit)
    .option('--chats-max-age-days <number>', 'days since the last message of a chat', days)
    .addHelpText('after', CLEANUP_NOTE)
    .action(async (_options, command: Command) => {
      const { cleanupCommand } = await import('../commands/cleanup.js')
      await cleanupCommand(command.optsWithGlobals())
    })
}

export function addVerify(program: Command): void {
  subcommand(program, 'verify', 'read every line of every file, and name what is damaged', [
    'verify --project support-bot',
    'verify --seals --public-key ledger.pub.pem --head 17:1e286beb7d3c78...',
  ])
    .option('--project <id or slug>', 'only this project')
    .option('--seals', 'check the seals of closed segments too')
    .option(
      '--head <seq:hash>',
      'a head that was printed before must still be there; may be given again',
      sealHeads,
    )
    .option('--public-key <file>', 'Ed25519 in PEM: seals must be signed by it')
    .addHelpText('after', VERIFY_NOTE)
    .action(async (_options, command: Command) => {
      const { verifyCommand } = await import('../commands/verify.js')
      await verifyCommand(command.optsWithGlobals())
    })
}

export function addRepair(program: Command): void {
  subcommand(program, 'repair', 'take damage out of files, and save what it still holds', [
    'repair --dry-run',
    'repair --project support-bot',
  ])
    .option('--project <id or slug>', 'only this project')
    .option('--dry-run', 'say what would be repaired, and change nothing')
    .addHelpText('after', REPAIR_NOTE)
    .action(async (_options, command: Command) => {
      const { repairCommand } = await import('../commands/repair.js')
      await repairCommand(command.optsWithGlobals())
    })
}

/** `17:<64 hex digits>`, after those that were given before. */
function sealHeads(text: string, before: readonly SealHead[] = []): readonly SealHead[] {
  const [, seq, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? []
  if (seq === undefined || hash === undefined) {
    throw new InvalidArgumentError('It is no number, colon and 64 hex digits.')
  }
  return [...before, { seq: Number(seq), hash }]
}
