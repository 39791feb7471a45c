/** `--filter name=value`, as often as wanted: several values of one name are any of them. */
import { InvalidArgumentError } from 'commander'
import { DIMENSIONS, type StatsOptions } from '../index.js'

export type Filter = Readonly<Record<string, readonly string[]>>

/** For commander: adds one to those that were given before. */
export function addFilter(text: string, before: Filter | undefined): Filter {
  const at = text.indexOf('=')
  if (at < 1) throw new InvalidArgumentError('It is not name=value.')
  const name = text.slice(0, at)
  const values = before !== undefined && Object.hasOwn(before, name) ? (before[name] ?? []) : []
  return Object.fromEntries([...Object.entries(before ?? {}), [name, [...values, text.slice(at + 1)]]])
}

/** Which names there are is for the library to say. */
export function filterOption(filter: Filter | undefined): Pick<StatsOptions, 'filter'> {
  return filter === undefined ? {} : { filter }
}

export const FILTER_HELP = `name=value: only entries with it; again for any of several values. Names: ${DIMENSIONS.join(', ')}, metadata.<key>`
