// What providers send as usage: the fields that they document, with numbers of ours. Tests read them, and docs/providers.md
// is made from them.
import { ANTHROPIC_SAMPLES } from './anthropic.mjs'
import { BEDROCK_SAMPLES } from './bedrock.mjs'
import { COMPATIBLE_SAMPLES } from './compatible.mjs'
import { GOOGLE_SAMPLES } from './google.mjs'
import { OPENAI_SAMPLES } from './openai.mjs'

export const WIRE_SAMPLES = [
  ...OPENAI_SAMPLES,
  ...COMPATIBLE_SAMPLES,
  ...ANTHROPIC_SAMPLES,
  ...GOOGLE_SAMPLES,
  ...BEDROCK_SAMPLES,
]
