/** Who served a call: the conventions' names for providers to those of the price book and of our captures. */
import { redactText } from '../../entry/redact.js'

const NAMES = new Map([
  ['azure.ai.openai', 'azure'],
  ['azure.ai.inference', 'azure'],
  ['az.ai.openai', 'azure'],
  ['az.ai.inference', 'azure'],
  ['azure-openai', 'azure'],
  ['aws.bedrock', 'aws'],
  ['aws_bedrock', 'aws'],
  ['amazon-bedrock', 'aws'],
  ['bedrock', 'aws'],
  ['gcp.gemini', 'google'],
  ['gcp.vertex_ai', 'google'],
  ['gcp.gen_ai', 'google'],
  ['gemini', 'google'],
  ['vertex_ai', 'google'],
  ['vertexai', 'google'],
  ['mistral_ai', 'mistral'],
  ['mistralai', 'mistral'],
  ['xai', 'x-ai'],
  ['x_ai', 'x-ai'],
])

/** Servers that speak another provider's protocol, whose instrumentation then names that one. */
const HOSTS: readonly (readonly [string, string])[] = [
  ['openrouter.ai', 'openrouter'],
  ['openai.azure.com', 'azure'],
  ['services.ai.azure.com', 'azure'],
]

/** The AI SDK adds the interface to the provider: `openai.chat`, `google.generative-ai`. */
const INTERFACE = /^(openai|anthropic|google|mistral|groq|xai|deepseek|azure-openai|cohere)\.[\w.-]+$/

/** Undefined when the span names none. An unknown name is kept as it is. */
export function providerOf(name: string | undefined, serverAddress: string | undefined): string | undefined {
  const host = serverAddress?.toLowerCase() ?? ''
  for (const [domain, provider] of HOSTS) {
    if (host === domain || host.endsWith(`.${domain}`)) return provider
  }
  if (name === undefined) return undefined
  // Before the case is lost, which keys are known by.
  const lower = redactText(name).toLowerCase()
  const plain = INTERFACE.exec(lower)?.[1] ?? lower
  return NAMES.get(plain) ?? plain
}
