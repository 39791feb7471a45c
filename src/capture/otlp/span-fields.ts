/** What the attributes of a span say, whichever conventions it follows. */
import type { Attributes } from './attributes.js'
import type { Convention, FieldName, SpanMeaning } from './conventions/convention.js'
import { genAi } from './conventions/gen-ai.js'
import { openInference } from './conventions/openinference.js'
import { vercelAi } from './conventions/vercel-ai.js'

/** The first that has a field gives it. */
const FIELDS: readonly Convention[] = [genAi, openInference, vercelAi]
/** The SDK that made the span knows best what it is; what was added to it afterwards comes last. */
const MEANINGS: readonly Convention[] = [vercelAi, genAi, openInference]

export function meaningOf(attributes: Attributes): SpanMeaning {
  for (const convention of MEANINGS) {
    const meaning = convention.meaningOf(attributes)
    if (meaning !== undefined) return meaning
  }
  return 'other'
}

const NAMES = new Map<FieldName, readonly string[]>()
for (const { names } of FIELDS) {
  for (const [field, more] of Object.entries(names)) {
    if (isFieldName(field)) NAMES.set(field, [...(NAMES.get(field) ?? []), ...more])
  }
}

function isFieldName(name: string): name is FieldName {
  return FIELDS.some(({ names }) => Object.hasOwn(names, name))
}

/** The attributes that may hold the field, the first one first. */
export function namesOf(field: FieldName): readonly string[] {
  return NAMES.get(field) ?? []
}

export function textField(attributes: Attributes, field: FieldName): string | undefined {
  return attributes.text(...namesOf(field))
}

export function numberField(attributes: Attributes, field: FieldName): number | undefined {
  return attributes.number(...namesOf(field))
}
