import type { Metadata } from '@grpc/grpc-js'
import type { Claims } from '../../ingest/authenticate.ts'
import type { RequestHead } from '../request-trace.ts'

/** Who sends a call, by its metadata: the same two headers as over HTTP. */
export function claimsOf(metadata: Metadata): Claims {
  return { authorization: textOf(metadata, 'authorization'), orgId: textOf(metadata, 'x-scope-orgid') }
}

/** Names as OpenTelemetry's conventions for RPC servers have them. @param path `/package.Service/Method` */
export function headOf(door: string, path: string, metadata: Metadata): RequestHead {
  const [service = '', method = ''] = path.slice(1).split('/')
  return {
    name: `${service}/${method}`,
    traceparent: textOf(metadata, 'traceparent'),
    tracestate: textOf(metadata, 'tracestate'),
    attributes: { 'rpc.system': 'grpc', 'rpc.service': service, 'rpc.method': method, 'pegel.door': door },
  }
}

/** Given twice, a header is one that nobody understands, as over HTTP. */
function textOf(metadata: Metadata, name: string): string | undefined {
  const text = metadata.get(name).join(',')
  return text === '' ? undefined : text
}
