/** /openapi.json is made from the schemas that the routes validate with. */
import swagger from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import { packageVersion } from '../index.js'

const TAGS = [
  { name: 'projects', description: 'Where entries and chats belong.' },
  { name: 'chats', description: 'Conversations of a project.' },
  { name: 'messages', description: 'What was said in a chat, each message once.' },
  { name: 'llm-requests', description: 'Entries, one for each call of a model.' },
  { name: 'stats', description: 'Requests, tokens, cost, latency and errors, computed from the entries.' },
  { name: 'server', description: 'The server itself.' },
] as const

/** Call before the routes are added. */
export async function describeApi(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Ledgerline',
        description: 'Every LLM call an application makes, logged and counted.',
        version: packageVersion(),
        license: { name: 'MIT', identifier: 'MIT' },
      },
      tags: TAGS.map((tag) => ({ ...tag })),
    },
    // Under its own name, not its number.
    refResolver: {
      buildLocalReference: (schema, _base, _fragment, index) => String(schema.$id ?? `shape-${index}`),
    },
  })
}
