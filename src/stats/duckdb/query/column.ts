/** A column of a view. */
export interface Column {
  readonly name: string
  readonly type: string
  /** Over the fields, or over what `EXTRACTED` takes out of them. */
  readonly sql: string
}

export function columnSql({ name, type, sql }: Column): string {
  return `(${sql})::${type} AS ${name}`
}
