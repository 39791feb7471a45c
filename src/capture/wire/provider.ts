/** Who serves a call. */

/** The ids are those of the price book, held by a test. */
const PROVIDERS: readonly (readonly [string, string])[] = [
  ['openai.azure.com', 'azure'],
  ['services.ai.azure.com', 'azure'],
  ['openai.com', 'openai'],
  ['openrouter.ai', 'openrouter'],
  ['anthropic.com', 'anthropic'],
  ['api.groq.com', 'groq'],
  ['api.together.xyz', 'together'],
  ['api.fireworks.ai', 'fireworks'],
  ['api.perplexity.ai', 'perplexity'],
  ['api.deepseek.com', 'deepseek'],
  ['api.mistral.ai', 'mistral'],
  ['api.x.ai', 'x-ai'],
  ['api.cerebras.ai', 'cerebras'],
  ['generativelanguage.googleapis.com', 'google'],
  ['aiplatform.googleapis.com', 'google'],
  ['api.cohere.com', 'cohere'],
  ['api.moonshot.ai', 'moonshotai'],
]

/** Hosts that have their region in the name. */
const REGIONAL: readonly (readonly [RegExp, string])[] = [
  [/^[a-z0-9-]+-aiplatform\.googleapis\.com$/, 'google'],
  [/^bedrock-runtime\.[a-z0-9-]+\.amazonaws\.com$/, 'aws'],
]

/** Who serves a base URL: a known provider's name, else the host. */
export function providerOf(baseURL: unknown): string {
  if (baseURL !== lastURL || lastURL === undefined) {
    lastProvider = findProvider(baseURL)
    lastURL = baseURL
  }
  return lastProvider
}

/** Most calls of an application go where the one before went. */
let lastURL: unknown
let lastProvider = ''

function findProvider(baseURL: unknown): string {
  const host = URL.canParse(String(baseURL)) ? new URL(String(baseURL)).hostname : 'unknown'
  for (const [domain, provider] of PROVIDERS) {
    if (host === domain || host.endsWith(`.${domain}`)) return provider
  }
  for (const [pattern, provider] of REGIONAL) if (pattern.test(host)) return provider
  return host
}
