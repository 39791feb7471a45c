/**
 * The telemetry of the Vercel AI SDK: an outer span for each call of the application, within it one for each call of a
 * model (`doGenerate`, `doStream`, `doEmbed`), and one for each tool.
 */
import type { Convention } from './convention.js'

export const vercelAi: Convention = {
  meaningOf(attributes) {
    const operation = attributes.text('ai.operationId')
    if (operation === undefined) return undefined
    if (/^ai\.\w+\.do(?:Generate|Stream)$/.test(operation)) return 'chat'
    if (/^ai\.\w+\.doEmbed$/.test(operation)) return 'embedding'
    return operation === 'ai.toolCall' ? 'tool' : 'other'
  },
  names: {
    model: ['ai.model.id'],
    responseModel: ['ai.response.model'],
    responseId: ['ai.response.id'],
    provider: ['ai.model.provider'],
    finishReason: ['ai.response.finishReason'],
    chat: ['ai.telemetry.metadata.chatId'],
    session: ['ai.telemetry.metadata.sessionId'],
    user: ['ai.telemetry.metadata.userId'],
    promptTokens: ['ai.usage.inputTokens', 'ai.usage.promptTokens', 'ai.usage.tokens'],
    completionTokens: ['ai.usage.outputTokens', 'ai.usage.completionTokens'],
    totalTokens: ['ai.usage.totalTokens'],
    cacheReadTokens: ['ai.usage.inputTokenDetails.cacheReadTokens', 'ai.usage.cachedInputTokens'],
    cacheWriteTokens: ['ai.usage.inputTokenDetails.cacheWriteTokens'],
    reasoningTokens: ['ai.usage.outputTokenDetails.reasoningTokens', 'ai.usage.reasoningTokens'],
    firstTokenMs: ['ai.response.msToFirstChunk'],
  },
}
