import { buffers, discard } from '@pegel/buffers'
import type { MethodDefinition, ServiceDefinition } from '@grpc/grpc-js'
import { FRAME_HEAD_BYTES } from './message-joiner.ts'

/** How many messages go each way: one and one, or as many as either side likes. */
export type MethodShape = 'unary' | 'bidi'

/** A gRPC service whose messages stay bytes: what they mean is the business of its own decoder. */
export interface RawService {
  /** With its package: `opentelemetry.proto.collector.metrics.v1.MetricsService`. */
  readonly name: string
  /** Label `door` of the metrics. */
  readonly door: string
  readonly methods: Readonly<Record<string, MethodShape>>
}

export function methodPath(service: RawService, method: string): string {
  return `/${service.name}/${method}`
}

export function packageOf({ name }: RawService): string {
  return name.slice(0, name.lastIndexOf('.'))
}

/** The service as grpc-js and Nest want it described, with (de)serialisers that return the Buffer unchanged. */
export function rawDefinition(service: RawService): ServiceDefinition {
  const methods = Object.entries(service.methods).map(([name, shape]) => [name, rawMethod(service, name, shape)])
  return Object.fromEntries(methods) as ServiceDefinition
}

function rawMethod(service: RawService, name: string, shape: MethodShape): MethodDefinition<Buffer, Buffer> {
  const unchanged = (bytes: Buffer): Buffer => bytes
  return {
    path: methodPath(service, name),
    requestStream: shape === 'bidi',
    responseStream: shape === 'bidi',
    requestSerialize: unchanged,
    requestDeserialize: unchanged,
    responseSerialize: unchanged,
    responseDeserialize: unchanged,
  }
}

/**
 * Frees a message that grpc-js has handed over, once nobody needs it: from here on nobody may read it. One that was not packed lies
 * behind the head of its frame, mostly in borrowed memory; a small one lies in a slab of Node.js and is left alone.
 */
export function discardMessage(message: Buffer): void {
  if (buffers.giveBack(message)) return
  const behindHead =
    message.byteOffset === FRAME_HEAD_BYTES && message.buffer.byteLength === FRAME_HEAD_BYTES + message.length
  discard(behindHead ? new Uint8Array(message.buffer) : message)
}
