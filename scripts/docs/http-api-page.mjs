// docs/http-api.md: /openapi.json for people.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { cell, schemaTable, typeOf } from './schema-table.mjs'

const INTRODUCTION = `<!-- Made by scripts/docs.mjs from /openapi.json; do not edit. -->
# HTTP API

\`ledgerline serve\` listens on \`http://127.0.0.1:4600\`, on this machine only. Names are snake_case. Fields of an entry that
are not named here are kept as they come.

\`\`\`sh
curl -s http://127.0.0.1:4600/api/projects -H 'content-type: application/json' -d '{"name":"Support bot"}'
curl -s http://127.0.0.1:4600/api/projects/$PROJECT/llm-requests -H 'content-type: application/json' \\
  -d '{"chat_id":"c1","model":"openai/gpt-4o","status":"success","usage":{"prompt_tokens":10,"completion_tokens":5}}'
curl -s "http://127.0.0.1:4600/api/projects/$PROJECT/stats?group_by=day,model&timezone=Europe/Berlin"
\`\`\`

**Who may call.** The \`Host\` header must be localhost, 127.0.0.1 or [::1] with the port of the server, and \`Origin\`, where
there is one, the same: anything else is 403. There are no CORS headers: pages of other origins cannot call.

**Bodies** are \`application/json\` in UTF-8, at most 16 MiB, without a byte order mark, each key once. They must have
arrived within 30 seconds.

**Answers** carry \`X-Request-Id\`: the caller's, when it is 1-128 characters of A-Z a-z 0-9 . _ -, else one made for the
request. The lines of the system log about the request carry it as \`request_id\`.

**Errors** are \`{error, message, details}\`: \`error\` is a code of [errors.md](errors.md), \`details.hint\` says what to do,
\`details.problems\` lists what is wrong with the input, as far as it was checked. The shape of the request comes first: its
path, its body, the names and types of its parameters, the names in \`group_by\`. Only when that fits are the values
checked, those of an entry or of the options of a question all at once, and only after that whether what they name exists.
503 comes with \`Retry-After\`.

**Pages.** A list with \`next_cursor\` goes on at \`?cursor=<next_cursor>\` until that is null.

**Filters.** \`filter.<dimension>=value\` where the dimension is model, provider, chat, project, user, session, tag,
environment, status, request_type, error_code or \`metadata.<key>\`. Repeated it means one of several; different ones must
all hold. They are parameters of every list of entries and of all stats. Unknown parameters are refused.

**Dates.** The \`+\` of an offset, as in \`from_date=2026-01-31T14:00:00+02:00\`, may be sent as it is or as \`%2B\`.
`

/** Statuses that every route can give. */
const EVERYWHERE = 'Every route can also answer 403, 405, 408, 431 and 500.\n'

export async function httpApiPage(root) {
  const document = await openapi(root)
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      path,
      method: method.toUpperCase(),
      ...operation,
    })),
  )
  const sections = document.tags.flatMap(({ name, description }) => [
    `## ${name}\n\n${description}\n`,
    ...operations.filter(({ tags }) => tags.includes(name)).map(operationSection),
  ])
  const schemas = Object.entries(document.components.schemas).map(
    ([name, schema]) =>
      `### ${name}\n\n${schema.description ? `${schema.description}\n\n` : ''}${schemaTable(schema)}`,
  )
  return [INTRODUCTION, EVERYWHERE, ...sections, '## Shapes\n', ...schemas].join('\n')
}

function operationSection({ method, path, summary, description, parameters = [], requestBody, responses }) {
  const parts = [`### ${method} ${path.replaceAll('{', ':').replaceAll('}', '')}\n`, `${summary}.\n`]
  if (description !== undefined) parts.push(`${description}\n`)
  // Filters are explained once, at the top.
  const query = parameters.filter(
    (parameter) => parameter.in === 'query' && !parameter.name.startsWith('filter.'),
  )
  if (query.length > 0) parts.push(parameterTable(query))
  const body = requestBody?.content['application/json'].schema
  if (body !== undefined)
    parts.push(`Body:${body.description ? ` ${body.description}` : ''}\n`, schemaTable(body))
  parts.push(responseList(responses))
  return parts.join('\n')
}

function parameterTable(parameters) {
  const rows = parameters.map(
    ({ name, schema, description = '' }) => `| \`${name}\` | ${typeOf(schema)} | ${cell(description)} |`,
  )
  return ['| query | type | what |', '|---|---|---|', ...rows, ''].join('\n')
}

function responseList(responses) {
  const rows = Object.entries(responses).map(([status, { description, content }]) => {
    const schema = content?.['application/json']?.schema
    const isError = Number(status) >= 400
    const type = schema === undefined || isError ? '' : ` ${shapeOf(schema)}`
    return `- **${status}**${type} ${description}`
  })
  return `${rows.join('\n')}\n`
}

/** A named shape, or the fields of one that has no name. */
function shapeOf(schema) {
  if (schema.properties === undefined) return typeOf(schema)
  const fields = Object.entries(schema.properties).map(
    ([name, property]) => `\`${name}\`: ${typeOf(property)}`,
  )
  return `{${fields.join(', ')}}`
}

async function openapi(root) {
  const load = (path) => import(pathToFileURL(join(root, 'dist', path)).href)
  const { openLedger } = await load('index.js')
  const { createServer } = await load('http/server.js')
  const workspace = mkdtempSync(join(tmpdir(), 'ledgerline-docs-'))
  try {
    const systemLog = { level: 'silent', file: false, pretty: false }
    const ledger = await openLedger({ workspace, systemLog, liveCounters: false })
    const app = await createServer({ ledger })
    const document = (await app.inject('/openapi.json')).json()
    await app.close()
    await ledger.close()
    return document
  } finally {
    rmSync(workspace, { recursive: true, force: true })
  }
}
