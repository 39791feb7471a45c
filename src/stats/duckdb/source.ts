/** How DuckDB is told to read the files: which fields, of which type. */
import { literal } from './sql.js'

/** What a field of a line is read as: a scalar, a list of texts, or an object of which some fields are read. */
export type FieldType =
  | 'VARCHAR'
  | 'JSON'
  | readonly ['VARCHAR']
  | { readonly [name: string]: 'VARCHAR' | 'JSON' }

export interface Source {
  /** The placeholder of the list of files. */
  readonly files: string
  /** Bytes of half a buffer; a line must fit into one. */
  readonly objectSize: number
  readonly fields: ReadonlyMap<string, FieldType>
}

/**
 * A row a line, with the fields and `file_index`. Fast, but only right where every line is intact: DuckDB parses in
 * place and past the end of a torn line, and when that ends in `:` or `,` it takes the next line for its continuation
 * and spoils it, or throws "Malformed JSON". Either way the torn line itself is a row of nulls, so this can be seen.
 */
export function fastSource({ files, objectSize, fields }: Source): string {
  const columns = [...fields].map(([name, type]) => `${name}: ${literal(typeSql(type))}`).join(', ')
  return `read_json(${files}, ${OPTIONS}, format = 'newline_delimited', maximum_object_size = ${objectSize}, columns = {${columns}})`
}

/** The same rows, each line parsed by itself; takes half as long again. */
export function carefulSource({ files, objectSize, fields }: Source): string {
  return `(
    SELECT file_index, unnest(json_transform(json, ${literal(JSON.stringify(Object.fromEntries(fields)))}))
    FROM read_ndjson_objects(${files}, ${OPTIONS}, maximum_object_size = ${objectSize}))`
}

const OPTIONS = 'ignore_errors = true'

function typeSql(type: FieldType): string {
  if (typeof type === 'string') return type
  if (isList(type)) return `${type[0]}[]`
  const fields = Object.entries(type).map(([name, scalar]) => `${name} ${scalar}`)
  return `STRUCT(${fields.join(', ')})`
}

function isList(type: Exclude<FieldType, string>): type is readonly ['VARCHAR'] {
  return Array.isArray(type)
}
