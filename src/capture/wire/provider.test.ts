import { findProvider } from '@pydantic/genai-prices'
import { expect, test } from 'vitest'
import { providerOf } from './provider.js'

test.each([
  ['https://api.openai.com/v1', 'openai'],
  ['https://eu.api.openai.com/v1', 'openai'],
  ['https://mine.openai.azure.com/openai', 'azure'],
  ['https://openrouter.ai/api/v1', 'openrouter'],
  ['https://api.anthropic.com', 'anthropic'],
  ['https://notopenai.com/v1', 'notopenai.com'],
  ['http://127.0.0.1:8080/v1', '127.0.0.1'],
  ['nonsense', 'unknown'],
  [undefined, 'unknown'],
])('provider of %s: %s', (url, provider) => {
  expect(providerOf(url)).toBe(provider)
})

test.each([
  ['https://api.openai.com/v1', 'openai'],
  ['https://mine.openai.azure.com/openai', 'azure'],
  ['https://mine.services.ai.azure.com/models', 'azure'],
  ['https://openrouter.ai/api/v1', 'openrouter'],
  ['https://api.anthropic.com', 'anthropic'],
  ['https://api.groq.com/openai/v1', 'groq'],
  ['https://api.together.xyz/v1', 'together'],
  ['https://api.fireworks.ai/inference/v1', 'fireworks'],
  ['https://api.perplexity.ai', 'perplexity'],
  ['https://api.deepseek.com/v1', 'deepseek'],
  ['https://api.mistral.ai/v1', 'mistral'],
  ['https://api.x.ai/v1', 'x-ai'],
  ['https://api.cerebras.ai/v1', 'cerebras'],
  ['https://generativelanguage.googleapis.com/v1beta/openai', 'google'],
  ['https://aiplatform.googleapis.com/v1', 'google'],
  ['https://europe-west1-aiplatform.googleapis.com/v1', 'google'],
  ['https://api.cohere.com/compatibility/v1', 'cohere'],
  ['https://api.moonshot.ai/v1', 'moonshotai'],
  ['https://bedrock-runtime.eu-central-1.amazonaws.com/openai/v1', 'aws'],
])('the provider of %s is %s in the price book, too', (url, provider) => {
  expect(providerOf(url)).toBe(provider)
  expect(findProvider({ providerApiUrl: url })?.id).toBe(provider)
})

test.each(['https://storage.googleapis.com', 'https://bedrock-runtime.a.b.amazonaws.com.example.org'])(
  '%s is no known provider',
  (url) => expect(providerOf(url)).toBe(new URL(url).hostname),
)
