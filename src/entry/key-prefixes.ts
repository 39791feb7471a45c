/**
 * Which keys that are known by their look may begin in a text. A line has few runs of characters that are as long as the
 * shortest key, so looking at the words in these costs far less than the expressions of key-forms.ts do.
 */

/** The groups of forms in key-forms.ts, as bits. */
export const DASHED = 1
export const NAMED = 2
export const SERVICE = 4

/** How the forms of each group begin, each alternative for itself. */
const PREFIXES: readonly (readonly [group: number, prefixes: string])[] = [
  [DASHED, 'sk- AIza AKIA ASIA SG. SK eyJ glpat-'],
  [
    NAMED,
    `ghp_ gho_ ghu_ ghs_ ghr_ github_pat_ xoxa- xoxb- xoxe- xoxe. xoxp- xoxr- xoxs- sk_ rk_live_ rk_test_ whsec_
     hf_ npm_ gsk_ xai- r8_ pplx- nvapi-`,
  ],
  [
    SERVICE,
    `api_org_ csk- tgp_v1_ fw_ sk_ pcsk_ lsv2_ jina_ tvly- fc- e2b_ rpa_ ya29. GOCSPX- ABSK bedrock-api-key- LTAI AKID
     dop_v1_ doo_v1_ dor_v1_ HRKU- nfp_ rnd_ dapi pscale_ sbp_ sb_secret_ hvs. hvb. hvr. atlasv1. pul- dp. ops_eyJ
     AGE-SECRET-KEY-1 gldt- glrt- glcbt- glptt- glft- glimt- glagent- gloas- glsoat- glffct- ATATT3 ATCTT3 ATBB pypi-
     rubygems_ dckr_pat_ dckr_oat_ squ_ sqp_ sqa_ PMAK- NRAK- glsa_ glc_ sntrys_ sntryu_ phx_ xapp- key- re_ shpat_
     shpca_ shppa_ shpss_ sq0atp- sq0csp- lin_api_ lin_oauth_ ntn_ secret_ figd_ figu_ sl.`,
  ],
]

/** By the first two characters, 7 bits each: what begins so, and its group. */
const BY_BEGINNING = new Map<number, [prefix: string, group: number][]>()
for (const [group, prefixes] of PREFIXES) {
  for (const prefix of prefixes.split(/\s+/)) {
    const beginning = (prefix.charCodeAt(0) << 7) | prefix.charCodeAt(1)
    const known = BY_BEGINNING.get(beginning)
    if (known === undefined) BY_BEGINNING.set(beginning, [[prefix, group]])
    else known.push([prefix, group])
  }
}
/** The same as one byte each, since nearly no word begins so. */
const BEGINS = new Uint8Array(128 * 128)
for (const beginning of BY_BEGINNING.keys()) BEGINS[beginning] = 1

/** The shortest key: `xoxb-` and ten characters. */
const SHORTEST = 15

const OTHER = 1
const ALPHANUMERIC = 2
/** What keys are made of. */
const KINDS = new Uint8Array(128)
for (const character of '._~+/=-') KINDS[character.charCodeAt(0)] = OTHER
for (const character of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789') {
  KINDS[character.charCodeAt(0)] = ALPHANUMERIC
}

/** The groups that may find something; a group that is not among them finds nothing. */
export function keyGroups(text: string): number {
  let groups = 0
  let from = 0
  while (from + SHORTEST <= text.length) {
    // Read from its end: most windows end early, and the next begins behind that.
    let place = from + SHORTEST - 1
    while (place >= from && kindAt(text, place) !== 0) place--
    if (place >= from) {
      from = place + 1
      continue
    }
    let to = from + SHORTEST
    while (kindAt(text, to) !== 0) to++
    groups |= groupsInRun(text, from, to)
    from = to + 1
  }
  return groups
}

/** At the beginnings of words; behind a backslash the run begins with the rest of an escape. */
function groupsInRun(text: string, from: number, to: number): number {
  let groups = groupsAt(text, from, to)
  if (text[from - 1] === '\\') groups |= groupsAt(text, from + 1, to) | groupsAt(text, from + 5, to)
  for (let at = from + 1; at < to; at++) {
    if (kindAt(text, at - 1) === OTHER) groups |= groupsAt(text, at, to)
  }
  return groups
}

function groupsAt(text: string, at: number, to: number): number {
  const beginning = (text.charCodeAt(at) << 7) | text.charCodeAt(at + 1)
  let groups = isUnnamed(text, at, to) ? SERVICE : 0
  if (BEGINS[beginning] !== 1) return groups
  for (const [prefix, group] of BY_BEGINNING.get(beginning) ?? []) {
    if (text.startsWith(prefix, at)) groups |= group
  }
  return groups
}

/** Forms whose beginning is no word of their own. */
function isUnnamed(text: string, at: number, to: number): boolean {
  // Azure: three characters, a digit and a Q stand before the sign.
  if (text[at - 1] === '~' && text[at - 2] === 'Q') return true
  switch (text[at]) {
    case 'p': // Airtable: pat, 14 characters, a dot
      return text[at + 17] === '.' && text.startsWith('pat', at)
    case 'u': // Mailchimp: the data centre behind the key
      return text[at - 1] === '-' && /^us\d/.test(text.slice(at, at + 3))
    case 'A': // Telegram: behind the number of the bot
      return text[at - 1] === ':' && text[at + 1] === 'A'
    case 'M': // Discord: three parts
    case 'N':
    case 'O':
      return to - at >= 57
    default:
      return false
  }
}

function kindAt(text: string, at: number): number {
  return KINDS[text.charCodeAt(at)] ?? 0
}
