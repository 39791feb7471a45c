/** DuckDB's package, loaded when it is needed first. */
import { createRequire } from 'node:module'

export type DuckDb = typeof import('@duckdb/node-api')
export type DuckDbBindings = typeof import('@duckdb/node-bindings')

const require = createRequire(import.meta.url)

/** Not by import(): that looks for names in all its files first, which takes twice as long as to load them. */
export function loadDuckDb(): DuckDb {
  return require('@duckdb/node-api')
}

/** What it is built on. */
export function loadBindings(): DuckDbBindings {
  return require('@duckdb/node-bindings')
}
