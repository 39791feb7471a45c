/** Instants as a clock of a zone shows them. */

/** `2026-01-31 23:30:00`; a date, and what is no instant, stays as it is. `timezone` is a known IANA name. */
export function localTime(text: string, timezone: string): string {
  const ms = text.includes('T') ? Date.parse(text) : Number.NaN
  if (Number.isNaN(ms)) return text
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  }).formatToParts(ms)
  const part = (type: Intl.DateTimeFormatPartTypes): string =>
    parts.find((candidate) => candidate.type === type)?.value ?? ''
  const date = [part('year').padStart(4, '0'), part('month'), part('day')].join('-')
  return `${date} ${part('hour')}:${part('minute')}:${part('second')}`
}
