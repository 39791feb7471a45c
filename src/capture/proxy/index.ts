/** What the server needs of the proxy. */
export type { Refuse } from './forward.js'
export type { KeyOwner } from './keys.js'
export {
  type ProxyOptions,
  type ProxySettings,
  resolveProxyOptions,
  type UpstreamApi,
  type UpstreamOptions,
  type Upstreams,
} from './options.js'
export { withProjectIds } from './project-id.js'
export { openProxy, type Proxy } from './proxy.js'
export { readUpstreamsFile } from './upstreams-file.js'
