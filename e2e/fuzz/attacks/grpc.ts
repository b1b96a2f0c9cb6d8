import { status } from '@grpc/grpc-js'
import type { StatusObject } from '@grpc/grpc-js'
import fc from 'fast-check'
import {
  INGEST_EXPORT,
  LOGS_EXPORT,
  METRICS_EXPORT,
  metadataOf,
  RawClient,
  same,
} from '../../../apps/ingest-gateway/test/support/grpc-client.ts'
import type { Outcome } from '../../../apps/ingest-gateway/test/support/grpc-client.ts'
import { frame, rawCall } from '../../../apps/ingest-gateway/test/support/raw-grpc.ts'
import { answered } from '../attack.ts'
import type { Attack } from '../attack.ts'
import { mutate, noise } from '../chance.ts'
import { logBytes, otlpBytes } from '../samples.ts'
import { MALLORY } from '../world.ts'
import type { World } from '../world.ts'
import { bombOf } from './http.ts'

const INGEST_STREAM = '/pegel.ingest.v1.Ingest/Stream'
const HEALTH = '/grpc.health.v1.Health/Check'
const REFLECTION = '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo'
/** A client's fault is never one of these. */
const FAILURES: ReadonlySet<string> = new Set(['INTERNAL', 'UNKNOWN', 'DATA_LOSS', 'DEADLINE_EXCEEDED'])

const authorization = (world: World) => ({ authorization: `Bearer ${world.keys[MALLORY]}` })

function judge(what: string, { status: name, message }: Pick<Outcome, 'status' | 'message'>): void {
  if (FAILURES.has(name)) throw new Error(`${what} ended with ${name}: ${message.slice(0, 300)}`)
}

export const grpcMessages: Attack = {
  name: 'grpc-messages',
  about: 'messages of every unary method with bytes changed, and bytes that are none',
  workers: 2,
  async attempt(world, chance) {
    const path = chance.pick([METRICS_EXPORT, LOGS_EXPORT, INGEST_EXPORT])
    const valid = path === LOGS_EXPORT ? logBytes(chance) : otlpBytes(chance)
    const body = chance.pick([() => mutate(chance, valid), () => chance.draw(noise), () => valid])()
    const client = new RawClient(world.ports.grpc)
    try {
      judge(path, await answered(path, client.unary(body, { path, headers: authorization(world) })))
    } finally {
      client.close()
    }
  },
}

export const grpcStreams: Attack = {
  name: 'grpc-streams',
  about: 'streams of pegel.ingest.v1: sequences, windows and messages of all kinds, and clients that leave',
  async attempt(world, chance) {
    const client = new RawClient(world.ports.grpc)
    const stream = client.client.makeBidiStreamRequest(INGEST_STREAM, same, same, metadataOf(authorization(world)))
    stream.on('data', () => undefined).on('error', () => undefined)
    const ended = new Promise<StatusObject>((resolve) => stream.once('status', resolve))
    for (let sent = 0; sent < chance.below(150); sent++) {
      const sequence = chance.draw(fc.oneof(fc.constant(sent + 1), fc.maxSafeNat()))
      const head = Buffer.from([0x10, ...varint(sequence)])
      const message = Buffer.concat([otlpBytes(chance), head])
      stream.write(chance.below(3) === 0 ? mutate(chance, message) : message)
    }
    if (chance.below(3) === 0) stream.cancel()
    else stream.end()
    const end = await answered(INGEST_STREAM, ended)
    client.close()
    judge(INGEST_STREAM, { status: status[end.code] as Outcome['status'], message: end.details })
  },
}

function varint(value: number): readonly number[] {
  return value < 128 ? [value] : [(value % 128) | 128, ...varint(Math.floor(value / 128))]
}

export const grpcFrames: Attack = {
  name: 'grpc-frames',
  about: 'frames that lie about length and packing, gzip bombs, health and reflection with anything',
  async attempt(world, chance) {
    const path = chance.pick([
      METRICS_EXPORT,
      LOGS_EXPORT,
      INGEST_EXPORT,
      HEALTH,
      REFLECTION,
      '/no.such.Service/Method',
    ])
    const bomb = await bombOf('gzip')
    const message = chance.pick([() => chance.draw(noise), () => otlpBytes(chance), () => bomb])()
    const packed = chance.below(2) === 0
    const announced = chance.pick([message.length, 0, 1, message.length + 1, 0xffffffff])
    const headers = {
      ...authorization(world),
      'grpc-encoding': chance.pick(['gzip', 'identity', 'deflate', 'nothing']),
    }
    // A frame that is short of its length is waited for; the call is cut off when the client has no more to send.
    await answered(
      path,
      rawCall(world.ports.grpc, frame(message, { packed, announced }), { path, headers }).catch(() => ''),
    )
  },
}
