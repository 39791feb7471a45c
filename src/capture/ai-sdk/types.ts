/** What is used of the AI SDK's middleware, 5 and 6. Types of our own: the package is not imported. */

/** A model as its middleware sees it. */
export interface NamedModel {
  /** Such as `openai.chat`. */
  readonly provider: string
  readonly modelId: string
}

interface Wrapping {
  /** The settings and the prompt, as the AI SDK gives them to the model. */
  readonly params: object
  readonly model: NamedModel
}

export interface GenerateCall<Result> extends Wrapping {
  doGenerate(): PromiseLike<Result>
}

export interface StreamCall<Result> extends Wrapping {
  doStream(): PromiseLike<Result>
}

export interface EmbedCall<Result> extends Wrapping {
  doEmbed(): PromiseLike<Result>
}

/** Fits `LanguageModelV3Middleware` and `LanguageModelV2Middleware`. */
export interface LedgerMiddleware {
  readonly specificationVersion: 'v3'
  wrapGenerate<Result>(call: GenerateCall<Result>): Promise<Result>
  wrapStream<Part, Result extends { readonly stream: ReadableStream<Part> }>(
    call: StreamCall<Result>,
  ): Promise<Result>
}

/** Fits `EmbeddingModelV3Middleware`. */
export interface LedgerEmbeddingMiddleware {
  readonly specificationVersion: 'v3'
  wrapEmbed<Result>(call: EmbedCall<Result>): Promise<Result>
}
