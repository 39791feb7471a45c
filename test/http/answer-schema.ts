/** Holds answers against /openapi.json, so that the document cannot say one thing and the server another. */
import { Compile } from 'typebox/compile'
import { expect } from 'vitest'
import type { TestServer } from './test-server.js'

/** Fails unless the body fits the schema of this answer. `operation` is such as `GET /api/projects/{project_id}`. */
export async function expectDocumented(
  server: TestServer,
  operation: string,
  status: number,
  body: unknown,
): Promise<void> {
  const document = await server.openapi()
  const [method = '', path = ''] = operation.split(' ')
  const schema = dig(document, [
    'paths',
    path,
    method.toLowerCase(),
    'responses',
    String(status),
    'content',
    'application/json',
    'schema',
  ])
  expect(schema, `${operation} documents ${status}`).toBeDefined()
  const check = Compile(withoutReferences(schema, document))
  expect(check.Errors(body)).toEqual([])
  expect(check.Check(body)).toBe(true)
}

function dig(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined),
    value,
  )
}

function withoutReferences(schema: unknown, document: unknown): object {
  if (Array.isArray(schema)) return schema.map((item) => inline(item, document))
  if (typeof schema !== 'object' || schema === null) throw new TypeError('no schema')
  if ('$ref' in schema)
    return withoutReferences(dig(document, String(schema.$ref).split('/').slice(1)), document)
  return Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, inline(value, document)]))
}

function inline(value: unknown, document: unknown): unknown {
  return typeof value === 'object' && value !== null ? withoutReferences(value, document) : value
}
