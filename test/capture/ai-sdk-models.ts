/** Models of the AI SDK that speak to a local provider. */
import { createAnthropic } from '@ai-sdk/anthropic'
import { createOpenAI } from '@ai-sdk/openai'
import { wrapLanguageModel } from 'ai'
import { ledgerMiddleware } from '../../src/capture/ai-sdk/index.js'
import type { FrameworkOptions } from '../../src/capture/frameworks/options.js'

type Model = Parameters<typeof wrapLanguageModel>[0]['model']

export const chatModel = (url: string): Model =>
  createOpenAI({ baseURL: url, apiKey: 'sk-test' }).chat('gpt-4o')

export const responsesModel = (url: string): Model =>
  createOpenAI({ baseURL: url, apiKey: 'sk-test' }).responses('gpt-4.1')

export const anthropicModel = (url: string): Model =>
  createAnthropic({ baseURL: url, apiKey: 'sk-test' })('claude-sonnet-4-5')

export const captured = (model: Model, options: FrameworkOptions): Model =>
  wrapLanguageModel({ model, middleware: ledgerMiddleware(options) })
