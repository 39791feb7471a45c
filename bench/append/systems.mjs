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
}
