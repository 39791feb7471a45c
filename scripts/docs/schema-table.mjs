// JSON Schema to a Markdown table, nested fields under dotted names.

/** Rows for the properties of an object schema, after the named schemas it includes. */
export function schemaTable(schema) {
  const rows = rowsOf(schema, '')
  const included = partsOf(schema).filter((part) => part.$ref !== undefined)
  const intro = included.length === 0 ? [] : [`All of ${included.map(typeOf).join(', ')}, and:`, '']
  if (rows.length === 0) return ''
  return [...intro, '| field | type | what |', '|---|---|---|', ...rows, ''].join('\n')
}

/** An intersection is its parts; anything else is its own only part. */
function partsOf(schema) {
  return schema.allOf ?? [schema]
}

function rowsOf(schema, prefix) {
  return partsOf(schema).flatMap((part) => {
    const required = new Set(part.required ?? [])
    return Object.entries(part.properties ?? {}).flatMap(([name, property]) => {
      const path = prefix + name
      const must = required.has(name) ? '' : ' (optional)'
      const row = `| \`${path}\` | ${typeOf(property)}${must} | ${cell(property.description ?? '')} |`
      const inner = innerObject(property)
      return [row, ...(inner === undefined ? [] : rowsOf(inner.schema, path + inner.suffix))]
    })
  })
}

/** The type in words; a named schema is a link to its section. */
export function typeOf(schema) {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.split('/').at(-1)
    return `[${name}](#${name.toLowerCase()})`
  }
  if (schema.allOf !== undefined) return schema.allOf.map(typeOf).join(' and ')
  if (schema.const !== undefined) return `\`${schema.const}\``
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${value}\``).join(', ')
  if (schema.anyOf !== undefined) return schema.anyOf.map(typeOf).join(' or ')
  if (schema.type === 'array') return `list of ${typeOf(schema.items ?? {})}`
  const valueSchema = valuesOf(schema)
  if (valueSchema !== undefined) return `map of name to ${typeOf(valueSchema)}`
  if (schema.type === 'null') return 'null'
  const bounds = [
    schema.minimum === undefined ? '' : `from ${schema.minimum}`,
    schema.maximum === undefined ? '' : `to ${schema.maximum}`,
  ]
  return [schema.type ?? 'any', ...bounds].filter((part) => part !== '').join(' ')
}

function innerObject(schema) {
  if (hasFields(schema)) return { schema, suffix: '.' }
  if (hasFields(schema.items)) return { schema: schema.items, suffix: '[].' }
  const valueSchema = valuesOf(schema)
  if (hasFields(valueSchema)) return { schema: valueSchema, suffix: '.<name>.' }
  const object = schema.anyOf?.find(hasFields)
  return object === undefined ? undefined : { schema: object, suffix: '.' }
}

/** The schema of a map's values. */
function valuesOf(schema) {
  if (typeof schema.additionalProperties === 'object') return schema.additionalProperties
  return Object.values(schema.patternProperties ?? {})[0]
}

function hasFields(schema) {
  return schema !== undefined && partsOf(schema).some((part) => part.properties !== undefined)
}

/** Text in one cell; `<key>` outside of code would be read as HTML. */
export function cell(text) {
  return text
    .replaceAll('|', '\\|')
    .replaceAll('\n', ' ')
    .replace(/<(\w+)>/g, '\\<$1\\>')
}
