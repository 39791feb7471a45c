import type { Case } from './harness/run-case.mjs'

export declare const CASES: readonly Case[]
