/** ExportTraceServiceResponse: what the exporter is told. opentelemetry/proto/collector/trace/v1. */
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'

/** How many spans were refused and why; the message is empty when none was. */
export interface Receipt {
  readonly rejectedSpans: number
  readonly errorMessage: string
}

/** The answer in JSON: an empty object says that all is well. */
export function jsonAnswer(receipt: Receipt): { readonly partialSuccess?: Receipt } {
  return isFull(receipt) ? {} : { partialSuccess: receipt }
}

/** The answer in protobuf: no bytes say that all is well. */
export function protobufAnswer(receipt: Receipt): Uint8Array {
  const writer = new BinaryWriter()
  if (isFull(receipt)) return writer.finish()
  writer.tag(1, WireType.LengthDelimited).fork()
  writer.tag(1, WireType.Varint).int64(receipt.rejectedSpans)
  writer.tag(2, WireType.LengthDelimited).string(receipt.errorMessage)
  return writer.join().finish()
}

function isFull({ rejectedSpans }: Receipt): boolean {
  return rejectedSpans === 0
}
