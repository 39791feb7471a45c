import type { Case, Numbers, Row } from './harness/run-case.mjs'

export const CASES: readonly Case[]
export type { Case, Numbers, Row }
