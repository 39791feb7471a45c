// What is compared, in the order of the tables.
const system = (title, file, options) => ({
  title,
  open: async (given) => (await import(`./systems/${file}.mjs`)).open({ ...given, ...options }),
})

/**
 * open({folder, inFlight}) gives
 * - `log(entry)`, and in `acknowledges` what tells that the line is written: a 'promise', the call's 'return', 'nothing';
 * - `settle()`: waits until everything that was logged is in the file;
 * - `projectId`, where the project must be known; `bytes()`, where no file is written; `turns: false` where the event
 *   loop has no part in it.
 */
export const SYSTEMS = {
  limit: system('the limit', 'limit'),
  os: system('Ledgerline `os`', 'ledgerline', { durability: 'os' }),
  fsync: system('Ledgerline `fsync`', 'ledgerline', { durability: 'fsync' }),
  'pino-async': system('pino, asynchronous', 'pino', { sync: false, minLength: 4096 }),
  'pino-unheld': system('pino, asynchronous, `minLength` 0', 'pino', { sync: false, minLength: 0 }),
  'pino-sync': system('pino, synchronous', 'pino', { sync: true, minLength: 0 }),
  winston: system('winston, file', 'winston'),
  'append-file': system('`fs.promises.appendFile`', 'append-file'),
  rfs: system('rotating-file-stream', 'rotating-file-stream'),
  otel: system('OpenTelemetry, batched spans', 'opentelemetry'),
  // Each of the following does what the one before does, and one thing more.
  'only-wait': system('JSON.stringify of the entry, and a promise', 'part', { upTo: 'wait' }),
  line: system('checked, completed, redacted, priced', 'part', { upTo: 'line' }),
  bytes: system('… into the bytes of a batch', 'part', { upTo: 'bytes' }),
  counted: system('… into the live counters', 'part', { upTo: 'count' }),
  file: system('… into a file', 'part', { upTo: 'file' }),
  unsealed: system('Ledgerline `os`, one segment', 'ledgerline', {
    durability: 'os',
    rotation: { maxBytes: 2 ** 40 },
  }),
}

/** The one after the other, what a call of Ledgerline is made of. */
export const PARTS = ['limit', 'only-wait', 'line', 'bytes', 'counted', 'file', 'unsealed', 'os']
/** What is compared by default. */
export const COMPARED = Object.keys(SYSTEMS).filter(
  (name) => name === 'limit' || name === 'os' || !PARTS.includes(name),
)
