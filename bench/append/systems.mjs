// What is compared, in the order of the table.
const lazily = (file, options) => ({
  open: async (given) => (await import(`./systems/${file}.mjs`)).open({ ...given, ...options }),
})

export const SYSTEMS = {
  limit: lazily('limit'),
  os: lazily('ledgerline', { durability: 'os' }),
  fsync: lazily('ledgerline', { durability: 'fsync' }),
  'pino-async': lazily('pino', { sync: false }),
}
