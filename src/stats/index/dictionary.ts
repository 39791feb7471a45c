/** Texts and their codes; code 0 is null. */
export class Dictionary {
  readonly texts: (string | null)[] = [null]
  readonly #codes = new Map<string, number>()

  has(text: string): boolean {
    return this.#codes.has(text)
  }

  codeOf(text: string | null): number {
    if (text === null) return 0
    const known = this.#codes.get(text)
    if (known !== undefined) return known
    const code = this.texts.push(text) - 1
    this.#codes.set(text, code)
    return code
  }
}
