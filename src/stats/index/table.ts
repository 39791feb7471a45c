/** Named columns of numbers as one section of a part: read at once, however many there are. */
import { type ColumnShape, decodeDoubles, encodeDoubles } from './column.js'
import { PartError } from './part-error.js'
import { packSections, sectionsWithin } from './sections.js'

interface TableHeader {
  readonly columns: readonly { readonly name: string; readonly shape: ColumnShape; readonly count: number }[]
}

export type Table = ReadonlyMap<string, Float64Array>

export function packTable(columns: Table): Buffer {
  const contents = new Map<string, Uint8Array>()
  const header: TableHeader = {
    columns: Array.from(columns, ([name, values]) => {
      const { shape, bytes } = encodeDoubles(values)
      contents.set(name, bytes)
      return { name, shape, count: values.length }
    }),
  }
  return Buffer.concat(packSections(header, contents))
}

/** Of a section as it was read. Throws PartError when it is no table. */
export function openTable(path: string, bytes: Uint8Array): Table {
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const { header, bytesOf } = sectionsWithin(path, whole)
  if (!isTable(header)) throw new PartError(path, 'has a section that is no table')
  return new Map(
    header.columns.map(({ name, shape, count }) => [
      name,
      decodeDoubles(shape, bytesOf(name), { from: 0, to: count }),
    ]),
  )
}

export function columnOf(table: Table, name: string): Float64Array {
  const column = table.get(name)
  if (column === undefined) throw new Error(`no column ${name}`)
  return column
}

function isTable(header: unknown): header is TableHeader {
  return typeof header === 'object' && header !== null && 'columns' in header && Array.isArray(header.columns)
}
