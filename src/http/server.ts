/** The HTTP face: `createServer` for inject tests and embedding, `serve` to listen. */
export type {
  KeyOwner,
  ProxyOptions,
  UpstreamApi,
  UpstreamOptions,
  Upstreams,
} from '../capture/proxy/index.js'
export { createServer, type ServerOptions } from './app.js'
export type { OtlpOptions } from './otlp/options.js'
export { type RunningServer, type ServeOptions, serve } from './serve.js'
