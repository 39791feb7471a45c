/** A response whose body is seen while the caller reads it. Nothing is read ahead and nothing is kept back. */

export interface BodyWatcher {
  /** A chunk on its way to the caller; what is returned goes on in its place. */
  chunk(bytes: Uint8Array): Uint8Array | undefined
  /** The provider ended the body; what is returned goes out before the end. */
  end(): Uint8Array | undefined
  /** The connection broke, or the caller's signal was raised. */
  failed(error: unknown): void
  /** The caller reads no further. */
  cancelled(): void
  /** In place of the first two, where it is there and the caller asks for all of the body as text or JSON. */
  whole?(text: string): void
}

/**
 * The given response, changed so that its body passes through the watcher. The caller's reading drives it, and the
 * caller's cancelling reaches the provider, which `Response.clone()` would hold back.
 */
export function watchResponse(response: Response, watcher: BodyWatcher): Response {
  // One that another capture watches keeps its own readers.
  const own = Object.hasOwn(response, BODY) ? sameResponse(response, response.body) : response
  Object.defineProperty(own, BODY, { value: new WatchedBody(own, watcher) })
  const given: object | null = Object.getPrototypeOf(own)
  // What a replacement of fetch gives may have readers of its own, or be a proxy that keeps its prototype.
  const hasOwnReaders = given === null || NAMES.some((name) => Object.hasOwn(own, name))
  if (hasOwnReaders || !isBehind(own, watchedPrototype(given))) return Object.defineProperties(own, READERS)
  return own
}

function isBehind(response: Response, prototype: object): boolean {
  return Reflect.setPrototypeOf(response, prototype) && Object.getPrototypeOf(response) === prototype
}

/** By the prototype of responses, the one that stands before it: readers of their own would cost each response more. */
const prototypes = new WeakMap<object, object>()

function watchedPrototype(prototype: object): object {
  const known = prototypes.get(prototype)
  if (known !== undefined) return known
  const watched = Object.create(prototype, READERS)
  prototypes.set(prototype, watched)
  return watched
}

const BODY = Symbol('ledgerline.body')
type Watched = Response & { readonly [BODY]: WatchedBody }

/** What is read of the response itself goes to its watched body. */
const READERS: PropertyDescriptorMap & ThisType<Watched> = {
  text: reader((body) => body.text()),
  json: reader(async (body) => JSON.parse(await body.text())),
  body: { configurable: true, get: bodyOf },
  bodyUsed: { configurable: true, get: isUsed },
  ...Object.fromEntries(
    // Newer versions of Node have `bytes` as well.
    (['arrayBuffer', 'blob', 'bytes', 'formData'] as const)
      .filter((name) => name in Response.prototype)
      .map((name) => [name, reader(async (body) => body.all(name))]),
  ),
  clone: reader((body) => body.clone()),
}
const NAMES = Object.keys(READERS)

function reader(read: (body: WatchedBody) => unknown): PropertyDescriptor {
  return {
    configurable: true,
    writable: true,
    value(this: Watched) {
      return read(this[BODY])
    },
  }
}

function bodyOf(this: Watched): Response['body'] {
  return this[BODY].stream()
}

function isUsed(this: Watched): boolean {
  return this[BODY].isUsed
}

/**
 * Another stream and another response, which cost more than all else here, are made only where the caller takes the
 * body in a way that needs them.
 */
class WatchedBody {
  readonly #response: Response
  readonly #watcher: BodyWatcher
  /** As it came. */
  readonly #text: Response['text']
  readonly #body: Response['body']
  #isRead = false
  /** The caller reads the stream itself. */
  #isTouched = false
  #passing: ReadableStream<Uint8Array> | undefined
  #standIn: Response | undefined

  constructor(response: Response, watcher: BodyWatcher) {
    this.#response = response
    this.#watcher = watcher
    this.#text = response.text
    this.#body = response.body
  }

  get isUsed(): boolean {
    if (this.#isRead || this.#passing === undefined) return this.#isRead
    // No stand-in can be made of a stream that the caller reads.
    return this.#standIn?.bodyUsed ?? this.#isTouched
  }

  clone(): Response {
    return withSource(this.standIn().clone(), this.#response)
  }

  all(method: string): unknown {
    const standIn = this.standIn()
    return Reflect.apply(Reflect.get(standIn, method), standIn, [])
  }

  async text(): Promise<string> {
    const { whole } = this.#watcher
    if (whole === undefined || this.#passing !== undefined) return this.standIn().text()
    const isSecond = this.#isRead
    this.#isRead = true
    let text: string
    try {
      text = await this.#text.call(this.#response)
    } catch (error) {
      if (!isSecond) this.#watcher.failed(error)
      throw error
    }
    whole.call(this.#watcher, text)
    return text
  }

  stream(): Response['body'] {
    if (this.#isRead) return this.#body
    return this.#standIn === undefined ? this.#pass() : this.#standIn.body
  }

  /** What was read as a whole is used up there too. */
  standIn(): Response {
    this.#standIn ??= sameResponse(this.#response, this.#isRead ? this.#body : this.#pass())
    return this.#standIn
  }

  #pass(): ReadableStream<Uint8Array> | null {
    if (this.#body === null) return null
    this.#passing ??= passing(this.#body, this.#watcher, () => {
      this.#isTouched = true
    })
    return this.#passing
  }
}

/** The same bytes, past the watcher. */
function passing(
  body: ReadableStream<Uint8Array>,
  watcher: BodyWatcher,
  onTouch: () => void,
): ReadableStream<Uint8Array> {
  const reader = body.getReader()
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        onTouch()
        // One pull must enqueue or end, so chunks that are held back are read over.
        for (;;) {
          let next: Awaited<ReturnType<typeof reader.read>>
          try {
            next = await reader.read()
          } catch (error) {
            watcher.failed(error)
            throw error
          }
          const bytes = next.done ? watcher.end() : watcher.chunk(next.value)
          if (bytes !== undefined && bytes.length > 0) controller.enqueue(bytes)
          if (next.done) return controller.close()
          if (bytes !== undefined && bytes.length > 0) return
        }
      },
      cancel(reason) {
        onTouch()
        watcher.cancelled()
        return reader.cancel(reason)
      },
    },
    // Read only when asked, as the body itself would.
    { highWaterMark: 0 },
  )
}

/** A response like the given one with another body. */
export function sameResponse(
  response: Response,
  body: ReadableStream<Uint8Array> | Uint8Array<ArrayBuffer> | null,
): Response {
  const { status, statusText, headers } = response
  return withSource(new Response(body, { status, statusText, headers }), response)
}

/** The constructor cannot set where a response came from, and callers log it. */
function withSource(copy: Response, response: Response): Response {
  for (const field of ['url', 'redirected', 'type'] as const) {
    Object.defineProperty(copy, field, { value: response[field], configurable: true })
  }
  return copy
}
