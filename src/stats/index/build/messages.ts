/** What the host and the builder say to each other: an answer for each order, in any order. */
import { isObject } from '../../../entry/own-fields.js'
import type { PartOf } from '../index-folder.js'
import type { BuiltPart } from './build-part.js'

export interface BuildOrder {
  readonly number: number
  readonly path: string
  readonly of: PartOf
}

/** Without a part where it could not be made. */
export interface BuildAnswer {
  readonly number: number
  readonly built?: BuiltPart
}

export function isOrder(message: unknown): message is BuildOrder {
  return isObject(message) && typeof message.number === 'number' && typeof message.path === 'string'
}

export function isAnswer(message: unknown): message is BuildAnswer {
  return isObject(message) && typeof message.number === 'number'
}
