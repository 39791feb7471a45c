/** Who serves a call. */

const PROVIDERS: readonly (readonly [string, string])[] = [
  ['openai.azure.com', 'azure'],
  ['services.ai.azure.com', 'azure'],
  ['openai.com', 'openai'],
  ['openrouter.ai', 'openrouter'],
  ['anthropic.com', 'anthropic'],
]

/** Who serves a base URL: a known provider's name, else the host. */
export function providerOf(baseURL: unknown): string {
  const host = URL.canParse(String(baseURL)) ? new URL(String(baseURL)).hostname : 'unknown'
  for (const [domain, provider] of PROVIDERS) {
    if (host === domain || host.endsWith(`.${domain}`)) return provider
  }
  return host
}
