/** One call of an embedding model through the middleware. */

import { normaliseUsage } from '../../tokens/normalise.js'
import type { CallStart, CaptureOptions } from '../capture.js'
import { countedOf, usageApiOf, usageOfCounts } from '../frameworks/counted.js'
import { FrameworkCall } from '../frameworks/framework-call.js'
import { describeThrown } from '../frameworks/thrown.js'
import { isJson, jsonOf, listOf } from '../json.js'
import { describeRequest } from './request.js'
import type { NamedModel } from './types.js'

export class EmbeddingCall {
  readonly #call: FrameworkCall
  readonly #provider: string
  readonly #signal: AbortSignal | undefined
  readonly #fields: { readonly inputs: number }

  constructor(options: CaptureOptions, params: object, model: NamedModel) {
    const given = jsonOf(params)
    this.#provider = String(model.provider)
    this.#signal = given.abortSignal instanceof AbortSignal ? given.abortSignal : undefined
    this.#fields = { inputs: listOf(given.values).length }
    this.#call = new FrameworkCall(options, (): CallStart => describeRequest('embed', given, model))
  }

  answered(result: unknown): void {
    this.#call.end((start) => {
      const { usage: own, response } = jsonOf(result)
      const reported = normaliseUsage(usageApiOf(this.#provider), jsonOf(jsonOf(response).body).usage)
      const counts = isJson(own) ? usageOfCounts({ input: own.tokens, output: undefined }, own) : undefined
      const usage = reported ?? counts
      const { cost, ...counted } = countedOf(usage, start, '', undefined)
      const fields = { ...this.#fields, ...(cost === undefined ? {} : { cost }) }
      if (usage === undefined) return { status: 'success', usageSource: 'none', fields }
      return { status: 'success', ...counted, fields }
    })
  }

  failed(thrown: unknown): void {
    this.#call.end(() => {
      const { status, error, httpStatus } = describeThrown(thrown, this.#signal)
      const fields = { ...this.#fields, ...(httpStatus === undefined ? {} : { http_status: httpStatus }) }
      return { status, error, usageSource: 'none', fields }
    })
  }
}
