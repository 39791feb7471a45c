/** What a case is, what it is given, and what it gives. */
import type { Project } from '../../../src/index.js'

/** How much is done; a case takes those that concern it. */
export interface Numbers {
  readonly kills: number
  readonly powerCuts: number
  readonly entries: number
  readonly writers: number
  /** Every step of what can be stepped through. */
  readonly thorough: boolean
  /** Bounds of time are checked. */
  readonly timed: boolean
}

export interface Case {
  readonly name: string
  /** As it is called in the table of faults. */
  readonly fault: string
  readonly checks: string
  /** Part of `npm test`, with small numbers. */
  readonly quick?: boolean
  /** Throws what did not hold, or Skipped. */
  readonly run: (context: Context) => Promise<Outcome>
}

export interface Context {
  readonly numbers: Numbers
  /** From 0 to 1, by the seed. */
  readonly random: () => number
  /** A new folder; all are gone after the case. */
  readonly folder: (what?: string) => string
  /** Last in, first out, also when the case failed. */
  readonly onEnd: (undo: () => unknown) => void
  /** Makes one with a ledger that is closed again. */
  readonly project: (workspace: string, name?: string) => Promise<Project>
}

export interface Outcome {
  readonly runs: number
  readonly found: string
}

export interface Row {
  readonly name: string
  readonly fault: string
  readonly result: 'passed' | 'failed' | 'skipped'
  readonly runs: number
  /** What was found, what failed, or why it was skipped. */
  readonly text: string
  readonly seconds: number
}

export declare const SMALL: Numbers

/** Thrown by a case that cannot run on this machine. */
export declare class Skipped extends Error {}

/** Never rejects. `keep` leaves the folders; a case that is not over at the limit has failed. */
export declare function runCase(
  one: Case,
  options: { numbers: Numbers; seed: number; keep?: boolean; limitMs?: number },
): Promise<Row>
