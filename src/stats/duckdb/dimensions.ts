/** Dimensions to the field of the line they stand for, as SQL over the columns that are read. */
import type { Dimension } from '../stats-engine.js'
import type { FieldType } from './source.js'
import { literal } from './sql.js'

/** `read`: the top-level field and the type it is read as. `value`: its text, null where the entry lacks it. */
export interface DimensionField {
  readonly read: readonly [field: string, type: FieldType]
  readonly value: string
}

export function dimensionField(dimension: Dimension): DimensionField {
  switch (dimension) {
    case 'chat':
    case 'project':
    case 'user':
    case 'session':
      return plain(`${dimension}_id`)
    case 'model':
    case 'provider':
    case 'environment':
    case 'status':
    case 'request_type':
      return plain(dimension)
    case 'error_code':
      return { read: ['error', { code: 'VARCHAR' }], value: 'error.code' }
    case 'tag':
      // An array of distinct texts; grouping takes it apart.
      return { read: ['tags', ['VARCHAR']], value: 'list_distinct(tags)' }
    default:
      return metadata(dimension.slice('metadata.'.length))
  }
}

function plain(field: string): DimensionField {
  return { read: [field, 'VARCHAR'], value: field }
}

/** Texts as they are, anything else as its JSON. The key may be any text, so it is spelled as a JSON pointer. */
function metadata(key: string): DimensionField {
  const pointer = literal(`/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`)
  return {
    read: ['metadata', 'JSON'],
    value: `CASE WHEN json_type(metadata) = 'OBJECT' THEN json_extract_string(metadata, ${pointer}) END`,
  }
}
