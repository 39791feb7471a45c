import { jsonAnswer, protobufAnswer, TraceReceiver } from '../../capture/otlp/index.js'
import { type Ledger, LedgerlineError } from '../../index.js'
import { checkEncoding, isProtobuf, JSON_TYPE, PROTOBUF_TYPE, readExport } from '../otlp/body.js'
import type { OtlpOptions } from '../otlp/options.js'
import type { App } from '../route.js'
import { answers } from '../schemas/common.js'
import { TracesAnswer, TracesBody, TracesHeaders } from '../schemas/otlp.js'

/** A scope of its own: bodies are read differently here than in the rest of the API. */
export function otlpTraces(app: App, ledger: Ledger, options: OtlpOptions): void {
  const receiver = new TraceReceiver(ledger, options)
  acceptExports(app)
  app.post(
    '/v1/traces',
    {
      // Before the body is read.
      onRequest: async (request) => checkEncoding(request.headers['content-encoding']),
      // The receiver decides span by span; the schema is for /openapi.json.
      validatorCompiler: () => (value: unknown) => ({ value }),
      schema: {
        operationId: 'exportTraces',
        summary: 'Log the calls of models that spans of OpenTelemetry tell of',
        description:
          'OTLP over HTTP. Each call of a model becomes one entry; other spans are taken and left out. The same span again replaces its entry, and a call that a capture logged is not logged twice. A span that cannot be taken is told in partialSuccess and costs no other. docs/otlp.md says what is read.',
        tags: ['llm-requests'],
        headers: TracesHeaders,
        body: TracesBody,
        response: answers(200, TracesAnswer, 'What could be taken is in the log.', [400, 404, 413, 415, 503]),
      },
    },
    async (request, reply) => {
      const receipt = await receiver.receive(request.body, {
        project: headerText(request.headers['x-ledgerline-project']),
        chat: headerText(request.headers['x-ledgerline-chat']),
      })
      if (receipt.rejectedSpans > 0) request.log.warn({ ...receipt }, 'spans were refused')
      if (!isProtobuf(request.headers['content-type'])) return reply.send(jsonAnswer(receipt))
      return reply.type(PROTOBUF_TYPE).send(Buffer.from(protobufAnswer(receipt)))
    },
  )
}

function acceptExports(app: App): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    [JSON_TYPE, PROTOBUF_TYPE],
    { parseAs: 'buffer' },
    async (request: Headed, body: Buffer) =>
      readExport(body, request.headers['content-type'] ?? '', request.headers['content-encoding']),
  )
  app.addContentTypeParser('*', (_request, _payload, done) => {
    const message = `the body is neither ${JSON_TYPE} nor ${PROTOBUF_TYPE}`
    done(new LedgerlineError('UNSUPPORTED_MEDIA_TYPE', message, { operation: 'readBody' }))
  })
}

interface Headed {
  readonly headers: Readonly<Partial<Record<'content-type' | 'content-encoding', string | undefined>>>
}

/** Given twice, Node joins them: that is no name of a project. */
function headerText(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'string' && header !== '' ? header : undefined
}
