// docs/providers.md: what is read of each provider's usage, from the samples of the tests.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { readFields } from './read-fields.mjs'
import { cell } from './schema-table.mjs'

const INTRODUCTION = `<!-- Made by scripts/docs.mjs from test/wire-samples; do not edit. -->
# Providers

What providers report as usage, and what an entry makes of it. The samples below hold the fields that each documents, with
numbers made up for them; the tests read the same samples. For each of them \`prompt_tokens\` + \`completion_tokens\` =
\`total_tokens\`, the parts sum to the two, and the provider's own object is kept as \`usage.provider_usage\`. The fields of an entry are
explained in [journal-format.md](journal-format.md#tokens).

## What is read

A field without an arrow has the same name in the entry; all are fields of its \`usage\` but for \`cost\`, which is USD. Everything that is not named here is kept in \`provider_usage\` only.

| provider | API | what is read, and what it becomes |
|---|---|---|
`

const RULES = `
## Numbers that cannot be true

No usage is refused and nothing is thrown: what cannot be is replaced by the rule below, and the entry says so.

| what came | what is logged | mark |
|---|---|---|
| cached, cache write and audio tokens that are more than the prompt together | the later ones of this order, as far as the prompt goes | \`repaired\` |
| cache writes for an hour that are more than all cache writes | as many as these | \`repaired\` |
| reasoning and audio that are more than the completion together | the later one, as far as the completion goes | \`repaired\` |
| reasoning outside of the completion (OpenAI's form): the total is only right with both, or there is no total and the completion could not hold it | completion and reasoning together as completion | \`repaired: ["completion_tokens"]\` |
| thoughts inside of the answer (Gemini's form): the total is only right without them | the answer as completion | |
| a negative number, one that is not finite or above 2^53 - 1, something that is no number | 0 | \`repaired\` |
| a number as text, a fraction | the number, rounded up | \`repaired\` |
| a total that is not prompt + completion | prompt + completion | \`reported_total_tokens\` |
| a prompt or a completion that is missing | what the total leaves for it, else the sum of its parts | |
| a total alone | prompt tokens | \`total_only\` |
| no number at all | no usage | |

## Where no usage came

An answer without usage, such as a stream that broke off, is counted from what went to and fro. For models of OpenAI whose encoding is
published (\`o200k_base\`: gpt-4o, gpt-4.1, gpt-4.5, gpt-5, gpt-oss, o1, o3, o4; \`cl100k_base\`: gpt-4, gpt-3.5, text-embedding-3, ada-002) the count
of a text is exact, and \`usage_source\` is \`tokenizer\`. For others it is an estimate of four letters a token, 2.5 in other alphabets and 1.25 in
Chinese, Japanese and Korean, and \`usage_source\` is \`heuristic\`. The prompt is the text of its messages with 4 tokens around each and 3
before the answer; tools and images that were sent are not in it. Another thread counts, for 4 seconds at most, and ends after 10 seconds without
work; what takes longer, or comes while 8 million characters wait, is estimated.

## Samples
`

export async function providersPage(root) {
  const load = (path) => import(pathToFileURL(join(root, path)).href)
  const { normaliseUsage } = await load('dist/tokens/normalise.js')
  const { reportedCost } = await load('dist/tokens/openai-usage.js')
  const { WIRE_SAMPLES } = await load('test/wire-samples/index.mjs')
  const read = (api, reported) => ({ ...normaliseUsage(api, reported), cost: reportedCost(reported) })
  const rows = WIRE_SAMPLES.map((sample) => row(sample, read))
  const samples = WIRE_SAMPLES.map((sample) => example(sample, normaliseUsage))
  return [INTRODUCTION, ...rows, RULES, ...samples].join('')
}

function row({ provider, form, api, reported }, readUsage) {
  const read = readFields(reported, (usage) => readUsage(api, usage)).map(([name, fields]) => {
    const ours = fields.map((field) => `\`${field}\``).join(' and ')
    return ours === `\`${name}\`` ? ours : `\`${name}\` → ${ours}`
  })
  return `| ${cell(provider)} | ${cell(form)} | ${cell(read.join('; '))} |\n`
}

function example({ provider, form, api, reported }, normaliseUsage) {
  const { provider_usage: _, ...usage } = normaliseUsage(api, reported)
  return `
### ${provider}: ${form}

\`\`\`json
${JSON.stringify(reported)}
${JSON.stringify(usage)}
\`\`\`
`
}
