/**
 * Sessions of Claude Code: a JSON object a line. While an answer streams it is written again and again, each time with
 * the counts so far, under one message and request id; sessions that were resumed hold copies of earlier ones.
 */
import type { Fields } from '../../entry/own-fields.js'
import { normaliseUsage } from '../../tokens/normalise.js'
import { idPrefix, importId } from '../import-id.js'
import type { Importer, Reading } from '../importer.js'
import { amountOf, chatIdOf, fieldsOf, instantOf, present, textOf } from '../source-fields.js'

const MAX_DURATION_MS = 86_400_000

/** Only answers hold both; most bytes are results of tools, in which quotes are escaped. */
const ROLE = Buffer.from('"assistant"')
const USAGE = Buffer.from('"usage"')

/** What Claude Code puts where it writes an answer itself, such as an error message. */
const SYNTHETIC = '<synthetic>'

export function claudeCode(): Importer {
  return {
    format: 'claude-code',
    idPrefix: idPrefix('claude-code'),
    endings: ['.jsonl'],
    shape: 'lines',
    keeps: 'last',
    mayCount: (record) => record.includes(ROLE) && record.includes(USAGE),
    open: (fileName) => ({ read: (record) => readLine(record, fileName) }),
  }
}

function readLine(line: Fields, fileName: string): Reading {
  if (line.type !== 'assistant') return undefined
  const message = fieldsOf(line.message)
  if (message.model === SYNTHETIC) return 'synthetic'
  const usage = normaliseUsage('anthropic', message.usage)
  if (usage === undefined) return 'no_usage'
  const model = textOf(message.model)
  if (model === undefined) return 'no_model'
  const endMs = instantOf(line.timestamp)
  if (endMs === undefined) return 'no_time'
  const messageId = textOf(message.id)
  const requestId = textOf(line.requestId)
  const lineId = textOf(line.uuid)
  const key = messageId === undefined ? [lineId] : [messageId, requestId ?? '']
  if (!isKey(key)) return 'no_id'

  const session = textOf(line.sessionId)
  const told = amountOf(line.durationMs)
  // Longer than any call: a mistake, and no start that can be written.
  const duration = told !== undefined && told <= MAX_DURATION_MS ? told : undefined
  const charged = amountOf(line.costUSD)
  const finishReason = textOf(message.stop_reason)
  return {
    id: importId('claude-code', key),
    startMs: endMs - Math.round(duration ?? 0),
    endMs,
    entry: {
      chat_id: chatIdOf(session ?? fileName),
      model,
      provider: providerOf(messageId),
      status: 'success',
      usage,
      ...(session === undefined ? {} : { session_id: session }),
      ...(finishReason === undefined ? {} : { finish_reason: finishReason }),
      ...(duration === undefined ? {} : { timings: { latency_ms: duration } }),
      ...(charged === undefined ? {} : { cost: { amount: charged, source: 'provider' } }),
      metadata: present({
        message_id: messageId,
        request_id: requestId,
        cwd: textOf(line.cwd),
        version: textOf(line.version),
        is_sidechain: line.isSidechain === true ? true : undefined,
      }),
    },
  }
}

/** The ids of messages say which cloud has answered. */
function providerOf(messageId = ''): string {
  if (messageId.startsWith('msg_bdrk_')) return 'bedrock'
  return messageId.startsWith('msg_vrtx_') ? 'vertex' : 'anthropic'
}

function isKey(key: readonly (string | undefined)[]): key is readonly string[] {
  return key.every((part) => part !== undefined)
}
