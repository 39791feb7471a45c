// What may have happened to the lines of a file since they were written.

/** @type {[string, (lines: Buffer[], random: () => number) => void][]} of whole lines with their newlines */
export const DAMAGES = [
  ['a flipped bit', (lines, random) => flipBit(lines, random)],
  ['20 flipped bits', (lines, random) => Array.from({ length: 20 }, () => flipBit(lines, random))],
  ['a line cut short', (lines, random) => lines.splice(at(lines, random), 1, Buffer.from('{"id":"cut'))],
  [
    'a byte taken away',
    (lines, random) =>
      edit(lines, random, (line, n) => Buffer.concat([line.subarray(0, n), line.subarray(n + 1)])),
  ],
  [
    'a page of NULs over lines',
    (lines, random) => lines.splice(at(lines, random), 3, Buffer.alloc(4096), Buffer.from('\n')),
  ],
  [
    'NULs before a line',
    (lines, random) => edit(lines, random, (line) => Buffer.concat([Buffer.alloc(100), line])),
  ],
  ['two lines glued', (lines, random) => edit(lines, random, (line) => line.subarray(0, -1))],
  ['a blank line', (lines, random) => lines.splice(at(lines, random), 0, Buffer.from('\n'))],
  ['a line of another kind', (lines, random) => lines.splice(at(lines, random), 0, Buffer.from('[1,2]\n'))],
  ['lone quotes', (lines, random) => lines.splice(at(lines, random), 0, Buffer.from('"\n'))],
  [
    'an open object',
    (lines, random) => lines.splice(at(lines, random), 0, Buffer.from('{"id":"x","metadata":{"a":[\n')),
  ],
  [
    'bad UTF-8',
    (lines, random) =>
      edit(lines, random, (line, n) =>
        Buffer.concat([line.subarray(0, n), Buffer.from([0xff]), line.subarray(n)]),
      ),
  ],
  ['two lines swapped', (lines) => lines.splice(3, 2, ...lines.slice(3, 5).reverse())],
  ['a line deleted', (lines, random) => lines.splice(at(lines, random), 1)],
  [
    'a line of 30 MB',
    (lines, random) => lines.splice(at(lines, random), 0, Buffer.alloc(30_000_000, 'x'), Buffer.from('\n')),
  ],
]

/** @param {Buffer} bytes */
export function linesOf(bytes) {
  const lines = []
  for (let from = 0; from < bytes.length; ) {
    const to = bytes.indexOf(0x0a, from) + 1
    lines.push(Buffer.from(bytes.subarray(from, to)))
    from = to
  }
  return lines
}

/** @param {Buffer[]} lines @param {() => number} random */
function at(lines, random) {
  return Math.floor(random() * lines.length)
}

/** @param {Buffer[]} lines @param {() => number} random @param {(line: Buffer, at: number) => Buffer} change */
function edit(lines, random, change) {
  const n = at(lines, random)
  const line = lines[n] ?? Buffer.alloc(0)
  lines[n] = change(line, Math.floor(random() * (line.length - 1)))
}

/** Any but that of a newline, which is `two lines glued`. @param {Buffer[]} lines @param {() => number} random */
function flipBit(lines, random) {
  edit(lines, random, (line, n) => {
    line[n] = (line[n] ?? 0) ^ (1 << Math.floor(random() * 8))
    return line
  })
}
