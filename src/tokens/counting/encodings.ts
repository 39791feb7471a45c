/** Which of OpenAI's encodings a model reads text in. */

export const ENCODINGS = ['o200k_base', 'cl100k_base'] as const
export type Encoding = (typeof ENCODINGS)[number]

/** As OpenAI's own tokenizer (tiktoken) assigns names, and those that begin with one and go on behind a dash. */
const O200K = /^(?:gpt-4o|gpt-4\.1|gpt-4\.5|gpt-5|gpt-oss|chatgpt-4o|o1|o3|o4)(?:[-.@]|$)/
/** `gpt-35` is what Azure calls 3.5. */
const CL100K =
  /^(?:gpt-4|gpt-3\.5|gpt-35|text-embedding-3|text-embedding-ada-002|davinci-002|babbage-002)(?:[-@]|$)/

/**
 * Undefined for models of others, and for those of OpenAI that are retired or whose encoding is not published. A provider
 * in front (`openai/gpt-4o`), a fine-tuning around it (`ft:gpt-4o:us::x`) and a tag behind (`gpt-oss:20b`) do not matter.
 */
export function encodingOf(model: string): Encoding | undefined {
  const own = model.slice(model.lastIndexOf('/') + 1).toLowerCase()
  const tuned = own.startsWith('ft:') ? own.slice('ft:'.length) : own
  const [name = ''] = tuned.split(':', 1)
  if (O200K.test(name)) return 'o200k_base'
  return CL100K.test(name) ? 'cl100k_base' : undefined
}
