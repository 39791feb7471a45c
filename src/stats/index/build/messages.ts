/** What a question's thread and a builder's say to each other: one file at a time, one answer each. */
import { isObject } from '../../../entry/own-fields.js'
import type { PartOf } from '../index-folder.js'
import type { BuiltPart } from './build-part.js'

export interface BuildOrder {
  readonly path: string
  readonly of: PartOf
}

/** Without a part where it could not be made. */
export interface BuildAnswer {
  readonly built?: BuiltPart | undefined
}

export function isOrder(message: unknown): message is BuildOrder {
  return isObject(message) && typeof message.path === 'string' && typeof message.of === 'string'
}

export function isAnswer(message: unknown): message is BuildAnswer {
  return isObject(message)
}
