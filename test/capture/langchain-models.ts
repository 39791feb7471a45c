/** Models of LangChain that speak to a local provider. */
import { ChatOpenAI, type ChatOpenAIFields } from '@langchain/openai'
import { LedgerCallbackHandler } from '../../src/capture/langchain/index.js'
import type { FrameworkSetup } from './framework-setup.js'

export function chatModel(url: string, fields: ChatOpenAIFields = {}): ChatOpenAI {
  return new ChatOpenAI({
    ...{ model: 'gpt-4o', apiKey: 'sk-test', maxRetries: 0, configuration: { baseURL: url } },
    ...fields,
  })
}

export function handlerOf({ options }: FrameworkSetup): LedgerCallbackHandler {
  return new LedgerCallbackHandler(options)
}
