// docs/errors.md: every code, its hint and its HTTP status.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const INTRODUCTION = `<!-- Made by scripts/docs.mjs from src/errors.ts; do not edit. -->
# Errors

Every error of the library is a \`LedgerlineError\` with \`code\`, \`operation\`, \`path\`, \`cause\` and \`hint\`. A
\`ValidationError\` also has \`problems\`, what is wrong with the input, as far as it was checked: \`{code, field, message}\`.
Codes never change their meaning. Over HTTP the code is \`error\`, with the status below.

| code | HTTP | what to do |
|---|---|---|
`

export async function errorsPage(root) {
  const load = (path) => import(pathToFileURL(join(root, 'dist', path)).href)
  const { ERROR_HINTS } = await load('errors.js')
  const { statusOf } = await load('http/error-answer.js')
  const rows = Object.entries(ERROR_HINTS).map(
    ([code, hint]) => `| \`${code}\` | ${statusOf(code)} | ${hint.replaceAll('|', '\\|')} |\n`,
  )
  return INTRODUCTION + rows.join('')
}
