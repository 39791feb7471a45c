export interface Numbers {
  readonly kills: number
  readonly powerCuts: number
  readonly entries: number
  readonly writers: number
  readonly thorough: boolean
  readonly timed: boolean
}
export interface Case {
  readonly name: string
  readonly fault: string
  readonly checks: string
  /** Part of `npm test`, with small numbers. */
  readonly quick?: boolean
}
export interface Row {
  readonly name: string
  readonly fault: string
  readonly result: 'passed' | 'failed' | 'skipped'
  readonly runs: number
  readonly text: string
  readonly seconds: number
}
export const SMALL: Numbers
export function runCase(
  one: Case,
  options: { numbers: Numbers; seed: number; keep?: boolean; limitMs?: number },
): Promise<Row>
