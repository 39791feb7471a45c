/** Which names a rule is about, and how certain that is. */

export const KINDS = ['pattern', 'prefix', 'exact'] as const
export type MatchKind = (typeof KINDS)[number]

export interface NameMatch {
  readonly kind: MatchKind
  /** In lower case. */
  readonly text: string
}

/** `name` in lower case. */
export function matchesName({ kind, text }: NameMatch, name: string): boolean {
  switch (kind) {
    case 'exact':
      return name === text
    case 'prefix':
      return name.startsWith(text)
    case 'pattern':
      return matchesPattern(text, name)
  }
}

/** Exact over prefix over pattern, then by characters that must be there: above 0 when `a` is the more specific. */
export function compareMatches(a: NameMatch, b: NameMatch): number {
  return KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) || lengthOf(a) - lengthOf(b)
}

function lengthOf({ kind, text }: NameMatch): number {
  return kind === 'pattern' ? text.replaceAll(/[*?]/g, '').length : text.length
}

/**
 * `*` is any text, `?` one UTF-16 unit. Goes back to the last star only, so that no pattern takes more than the product of
 * the two lengths.
 */
export function matchesPattern(pattern: string, name: string): boolean {
  let at = 0
  let from = 0
  let star = -1
  let starFrom = 0
  while (from < name.length) {
    const character = pattern[at]
    if (character === '*') {
      star = at++
      starFrom = from
    } else if (character !== undefined && (character === '?' || character === name[from])) {
      at++
      from++
    } else if (star >= 0) {
      at = star + 1
      from = ++starFrom
    } else {
      return false
    }
  }
  while (pattern[at] === '*') at++
  return at === pattern.length
}
