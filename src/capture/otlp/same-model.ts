/** Whether two records of calls may name one model. */

/** The models that a call asked for and that answered it, as far as they are known. */
export interface Models {
  readonly model: string | undefined
  readonly answer: string | undefined
}

/** A day or a month at the end of a name: a request says `gpt-4o`, its answer `gpt-4o-2024-08-06`. */
const DATED = /[-@](\d{4}-\d{2}-\d{2}|\d{8}|\d{4})$/
/** A name for whichever is the latest. */
const LATEST = /[-@]latest$/

interface Name {
  readonly bare: string
  readonly date: string | undefined
}

/** False where one side names none. */
export function modelsDiffer(one: Models, other: Models): boolean {
  const [asked, answered] = [nameOf(one.model), nameOf(one.answer)]
  const [otherAsked, otherAnswered] = [nameOf(other.model), nameOf(other.answer)]
  const names = given(asked, answered)
  const others = given(otherAsked, otherAnswered)
  if (names.length === 0 || others.length === 0) return false
  if (answered !== undefined && otherAnswered !== undefined && !mayBeOne(answered, otherAnswered)) return true
  if (names.some((name) => others.some((another) => areOtherDates(name, another)))) return true
  return !names.some((name) => others.some((another) => mayBeOne(name, another)))
}

export function namesModel(...names: readonly (string | undefined)[]): boolean {
  return names.some((name) => nameOf(name) !== undefined)
}

function mayBeOne(one: Name, other: Name): boolean {
  return one.bare === other.bare && !areOtherDates(one, other)
}

function areOtherDates(one: Name, other: Name): boolean {
  if (one.bare !== other.bare || one.date === undefined || other.date === undefined) return false
  return one.date !== other.date
}

/** Without the path that routers and Google put before it. */
function nameOf(name: string | undefined): Name | undefined {
  if (name === undefined || name === '' || name === 'unknown') return undefined
  const last = name
    .slice(name.lastIndexOf('/') + 1)
    .toLowerCase()
    .replace(LATEST, '')
  return { bare: last.replace(DATED, ''), date: DATED.exec(last)?.[1]?.replaceAll('-', '') }
}

function given(...names: readonly (Name | undefined)[]): Name[] {
  return names.filter((name) => name !== undefined)
}
