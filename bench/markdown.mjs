// A section of a Markdown file that a run replaces.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'

/** Puts `text` between the file's markers of that name; at its end, with markers, when it has none. */
export function replaceSection(path, name, text) {
  const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`]
  const page = existsSync(path) ? readFileSync(path, 'utf8') : ''
  const [from, to] = [page.indexOf(start), page.indexOf(end)]
  const section = `${start}\n\n${text.trim()}\n\n${end}`
  const next =
    from === -1 || to < from
      ? `${page.trimEnd()}\n\n${section}\n`
      : page.slice(0, from) + section + page.slice(to + end.length)
  writeFileSync(path, next.trimStart())
}

/** What a run prints, which then becomes a section where there is a `path`. */
export class Page {
  #text = ''

  print(text) {
    process.stdout.write(text)
    this.#text += text
  }

  save(path, name) {
    if (path !== undefined) replaceSection(path, name, this.#text)
  }
}
