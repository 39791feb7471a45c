/**
 * What is said in the demonstration, and what goes wrong.
 *
 * @typedef {object} Turn
 * @property {string} user What the user says; also how the provider finds its answer.
 * @property {string} answer
 * @property {readonly [prompt: number, completion: number]} tokens
 * @property {boolean} [stream]
 * @property {'rate-limited' | 'server-error' | 'retried' | 'timeout' | 'aborted'} [trouble]
 * @property {{ name: string, arguments: string }} [tool] The answer is a call of this tool.
 *
 * @typedef {object} Conversation
 * @property {string} name
 * @property {'chat' | 'responses'} api
 * @property {string} model
 * @property {string} user
 * @property {readonly string[]} tags
 * @property {readonly Turn[]} turns
 *
 * @typedef {object} DemoProject
 * @property {string} name
 * @property {string} instructions
 * @property {readonly Conversation[]} conversations
 */

/** @type {readonly DemoProject[]} */
export const PROJECTS = [
  {
    name: 'Support bot',
    instructions: 'You help customers of a shop for bicycle parts. Be brief and kind.',
    conversations: [
      {
        name: 'Refund for order 1042',
        api: 'chat',
        model: 'gpt-4o-mini',
        user: 'ada',
        tags: ['refund'],
        turns: [
          {
            user: 'I sent back the brake pads of order 1042. Where is my money?',
            answer:
              'Thank you for sending them back. The parcel reached us yesterday, so the refund goes out today.',
            tokens: [412, 27],
            stream: true,
          },
          {
            user: 'How long will it take until it is on my account?',
            answer: 'Most banks need two to three working days. You will get a mail from us when it leaves.',
            tokens: [463, 24],
            stream: true,
          },
          {
            user: 'Perfect, thanks!',
            answer: 'You are welcome. Ride safely!',
            tokens: [501, 9],
          },
        ],
      },
      {
        name: 'Change of address',
        api: 'chat',
        model: 'gpt-4o-mini',
        user: 'grace',
        tags: ['account'],
        turns: [
          {
            user: 'I moved. Can you change my delivery address?',
            answer:
              'Gladly. Tell me the new street, town and postal code, and I will prepare the change for you.',
            tokens: [398, 26],
          },
          {
            user: 'Lindenweg 4, 24103 Kiel',
            answer:
              'Noted: Lindenweg 4, 24103 Kiel. Please confirm it with the link in the mail I just sent.',
            tokens: [441, 31],
            stream: true,
          },
        ],
      },
      {
        name: 'Wrong chain in the parcel',
        api: 'chat',
        model: 'gpt-4o',
        user: 'linus',
        tags: ['complaint', 'escalated'],
        turns: [
          {
            user: 'You sent me a 10-speed chain, I ordered one for 12 gears. I need it tomorrow!',
            answer:
              'I am sorry, that is our mistake. A 12-speed chain leaves today by express at no charge, and you may keep the other one.',
            tokens: [455, 38],
            trouble: 'retried',
          },
          {
            user: 'Will it really be here tomorrow?',
            answer:
              'Yes: the courier promises delivery before noon. I will write to you with the tracking number.',
            tokens: [518, 25],
            stream: true,
          },
          {
            user: 'And who pays for the mechanic I had booked?',
            answer: '',
            tokens: [0, 0],
            trouble: 'rate-limited',
          },
        ],
      },
      {
        name: 'Spare part search',
        api: 'chat',
        model: 'gpt-4.1-mini',
        user: 'edsger',
        tags: ['search'],
        turns: [
          {
            user: 'Do you have a derailleur hanger for a 2019 gravel frame?',
            answer: '',
            tool: { name: 'search_parts', arguments: '{"part":"derailleur hanger","year":2019}' },
            tokens: [530, 22],
          },
        ],
      },
    ],
  },
  {
    name: 'Code assistant',
    instructions: 'You are a careful programmer. Answer with code where code says it best.',
    conversations: [
      {
        name: 'A test that fails at night',
        api: 'responses',
        model: 'gpt-4.1',
        user: 'barbara',
        tags: ['debugging'],
        turns: [
          {
            user: 'Our test of the invoice date fails between midnight and one. Why?',
            answer:
              'It compares a local date with a UTC date. In that hour the two are on different days. Fix the clock in the test and build both dates in the same zone.',
            tokens: [1830, 64],
            stream: true,
          },
          {
            user: 'Show me the fix.',
            answer:
              "vi.setSystemTime(new Date('2026-01-31T12:00:00Z'))\nexpect(invoice.date).toBe('2026-01-31')",
            tokens: [1921, 39],
          },
        ],
      },
      {
        name: 'A slow query',
        api: 'responses',
        model: 'gpt-4o',
        user: 'edgar',
        tags: ['database'],
        turns: [
          {
            user: 'This query scans the whole table although there is an index on created_at.',
            answer:
              'The condition wraps the column in a function, so the index cannot be used. Compare the bare column with a range instead.',
            tokens: [2410, 47],
          },
        ],
      },
      {
        name: 'Migration to ESM',
        api: 'chat',
        model: 'gpt-4.1',
        user: 'barbara',
        tags: ['refactoring'],
        turns: [
          {
            user: 'List the steps to move this package from CommonJS to ES modules.',
            answer:
              'First set the type field to module. Then give relative imports their file extension. Replace __dirname by import.meta.dirname. Load JSON with an import attribute. Turn every require into an import, and those that are conditional into an awaited dynamic import. Publish an exports map. At last run the tests with the oldest Node version you support.',
            tokens: [2875, 120],
            stream: true,
            trouble: 'aborted',
          },
          {
            user: 'Only the first step, please.',
            answer: 'Put "type": "module" into package.json.',
            tokens: [2950, 12],
            stream: true,
          },
        ],
      },
      {
        name: 'Names for a module',
        api: 'chat',
        model: 'acme-coder-7b',
        user: 'edgar',
        tags: ['naming', 'local-model'],
        turns: [
          {
            user: 'What would you call a module that cuts a log into files?',
            answer: 'segments: it says what comes out, and reads well in imports.',
            tokens: [640, 17],
          },
          {
            user: 'And one that reads them back?',
            answer: 'reader, or segment-reader when there are several.',
            tokens: [688, 13],
            stream: true,
          },
        ],
      },
      {
        name: 'Review of a large change',
        api: 'chat',
        model: 'gpt-4o',
        user: 'barbara',
        tags: ['review'],
        turns: [
          {
            user: 'Review these forty files.',
            answer: 'It never comes to this.',
            tokens: [90_000, 10],
            stream: true,
            trouble: 'timeout',
          },
          {
            user: 'Then only the first of them.',
            answer: '',
            tokens: [0, 0],
            trouble: 'server-error',
          },
          {
            user: 'Once more: the first file.',
            answer: 'It is fine. One thing: the loop reads the list it changes; copy it before.',
            tokens: [3120, 21],
            stream: true,
          },
        ],
      },
    ],
  },
]
