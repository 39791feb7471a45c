/** The names by which the model of a request may be known. */
import type { PricedRequest } from './priced-request.js'

export interface Name {
  readonly name: string
  readonly providerId?: string
}

type Named = Pick<PricedRequest, 'model' | 'provider' | 'responseModel'>

/** The most certain first. The prefix of a name such as `openai/gpt-4o` names the provider. */
export function namesOf({ model, provider = '', responseModel = '' }: Named): Name[] {
  const slash = model.indexOf('/')
  const names: Name[] = slash < 0 ? [] : [{ name: model.slice(slash + 1), providerId: model.slice(0, slash) }]
  if (provider !== '') names.unshift({ name: model, providerId: provider })
  // A deployment may have any name; the answer says which model it was.
  return [...names, { name: model }, ...(responseModel === '' ? [] : [{ name: responseModel }])]
}

/** Names remembered at once. */
const MAX_NAMES = 1_000

/** What was found for the names that were looked up: there are few, and each is looked up once. */
export class FoundByName<T> {
  readonly #find: (named: Named) => T
  readonly #found = new Map<string, T>()

  constructor(find: (named: Named) => T) {
    this.#find = find
  }

  of(named: Named): T {
    const { model, provider = '', responseModel = '' } = named
    // Keys that begin with a line end are of several names: a line of another program may hold any model.
    const isAlone = provider === '' && responseModel === '' && !model.startsWith('\n')
    const key = isAlone ? model : `\n${model.length} ${provider.length} ${model}${provider}${responseModel}`
    let found = this.#found.get(key)
    if (found === undefined) {
      found = this.#find(named)
      if (this.#found.size >= MAX_NAMES) this.#found.clear()
      this.#found.set(key, found)
    }
    return found
  }
}
