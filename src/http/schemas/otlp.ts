import { Type } from 'typebox'
import { Text } from './common.js'

export const TracesHeaders = Type.Object({
  'x-ledgerline-project': Type.Optional(Text('Id, slug or name of the project of spans that name none.')),
  'x-ledgerline-chat': Type.Optional(Text('Id of the chat of spans that name none.')),
})

export const TracesBody = Type.Object(
  { resourceSpans: Type.Optional(Type.Array(Type.Object({}))) },
  {
    description:
      'An ExportTraceServiceRequest of OTLP: as JSON, or in protobuf as application/x-protobuf; as it is, or in gzip. What is not known is ignored.',
  },
)

export const TracesAnswer = Type.Object(
  {
    partialSuccess: Type.Optional(
      Type.Object({
        rejectedSpans: Type.Integer({ minimum: 0, description: 'Spans that were refused.' }),
        errorMessage: Text('Why, with the number of spans for each reason.'),
      }),
    ),
  },
  { description: 'An ExportTraceServiceResponse, in the encoding of the request.' },
)
