/** Pieces of SQL that more than one statement needs. */

/** A text literal, for the places where DuckDB takes no placeholder. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

/** The form that is written; and any other ISO 8601 instant with a zone, which other programs may have written. */
const WRITTEN_FORM = '____-__-__T__:__:__.___Z'
const ANY_INSTANT =
  '\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}(?::\\d{2}(?:\\.\\d{1,9})?)?(?:[Zz]|[+-](?:[01]\\d|2[0-3]):?[0-5]\\d)'

/** What DuckDB's cast wants: seconds, six decimals at most, a colon in the offset. */
const SPELLINGS = [
  ['(T\\d\\d:\\d\\d)(Z|[+-])', '\\1:00\\2'],
  ['(\\.\\d{6})\\d+', '\\1'],
  ['([+-]\\d\\d)(\\d\\d)$', '\\1:\\2'],
]

/** Epoch ms of a text column, null where it is no instant. Only the rare other forms pay for regular expressions. */
export function instant(column: string): string {
  const spelled = SPELLINGS.reduce(
    (text, [from = '', to = '']) => `regexp_replace(${text}, '${from}', '${to}')`,
    `upper(${column})`,
  )
  return `CASE
    WHEN ${column} LIKE '${WRITTEN_FORM}' THEN epoch_ms(try_cast(${column} AS TIMESTAMP))
    WHEN regexp_full_match(${column}, '${ANY_INSTANT}') THEN epoch_ms(try_cast(${spelled} AS TIMESTAMPTZ))
  END`
}

/** A JSON number as DOUBLE; null for text (also `"5"`) and true. */
export function jsonNumber(json: string): string {
  return `try_cast(${json}::VARCHAR AS DOUBLE)`
}

/** Only finite numbers from 0 on. NaN is greater than all others to DuckDB. */
export function finite(number: string): string {
  return `CASE WHEN ${number} BETWEEN 0 AND ${Number.MAX_VALUE} THEN ${number} END`
}

/** Only whole numbers from 0 on that JSON carries exactly. */
export function wholeNumber(number: string): string {
  return `CASE WHEN ${number} BETWEEN 0 AND ${Number.MAX_SAFE_INTEGER} AND ${number} = floor(${number}) THEN ${number}::BIGINT END`
}
