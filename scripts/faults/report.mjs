// What `npm run faults` prints.

/** @typedef {import('../../test/faults/harness/run-case.mjs').Row} Row */

/** @param {Row} row */
export function oneLine({ name, runs, text, seconds, result }) {
  const what = result === 'failed' ? '' : `  ${text}`
  return `${result.padEnd(8)}${name.padEnd(21)}${String(runs).padStart(6)} runs ${seconds.toFixed(1).padStart(7)} s${what}`
}

/** @param {Row} row */
export function failureOf({ text }) {
  return text
    .trim()
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n')
}

/** @param {(Row & {checks: string})[]} rows @param {{command: string, machine: string, counts: string, seed: number}} about */
export function markdownPage(rows, { command, machine, counts, seed }) {
  const cells = rows.map(({ name, fault, checks, runs, text, seconds, result }) =>
    [fault, `\`${name}\``, checks, runs, text.split('\n')[0] ?? '', seconds.toFixed(1), result].join(' | '),
  )
  return `\`${command.trim()}\` on ${new Date().toISOString().slice(0, 10)} (${machine}, seed ${seed}): ${counts}.

| fault | case | what was checked | runs | found | seconds | result |
| --- | --- | --- | ---: | --- | ---: | --- |
${cells.map((row) => `| ${row} |`).join('\n')}
`
}
