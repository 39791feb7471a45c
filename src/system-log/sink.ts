/** Where a finished line goes: redacted, one JSON object, ending in `\n`. Never throws. */
export interface Sink {
  write(line: string): void
}
