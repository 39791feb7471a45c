/** A part that cannot be used: it is removed and made anew from the log. */
export class PartError extends Error {
  readonly path: string

  constructor(path: string, reason: string) {
    super(`${path}: ${reason}`)
    this.path = path
  }
}
