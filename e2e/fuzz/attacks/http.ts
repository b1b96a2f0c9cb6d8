import { promisify } from 'node:util'
import { deflate, deflateSync, gzip, gzipSync, zstdCompress, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import type { Attack } from '../attack.ts'
import { mutate, noise } from '../chance.ts'
import type { Chance } from '../chance.ts'
import { call } from '../http-call.ts'
import { HTTP_SAMPLES, snappy } from '../samples.ts'
import type { HttpSample } from '../samples.ts'
import { MALLORY } from '../world.ts'
import type { World } from '../world.ts'

const PROTOBUF = 'application/x-protobuf'
const PACKERS = { gzip: gzipSync, zstd: zstdCompressSync, deflate: deflateSync, snappy } as const
const ENCODINGS = ['gzip', 'zstd', 'deflate', 'snappy', 'identity', 'br', 'gzip, gzip', ''] as const
/** What may stand in a header at all; what may not is for the attack on sockets. */
const headerText = fc.string({
  unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
  maxLength: 200,
})
const HEADERS = [
  'authorization',
  'content-type',
  'content-encoding',
  'x-scope-orgid',
  'traceparent',
  'tracestate',
  'accept',
] as const

function send(
  world: World,
  sample: HttpSample,
  body: Buffer,
  more: Readonly<Record<string, string>> = {},
): Promise<unknown> {
  const { path, type } = sample
  const headers = { authorization: `Bearer ${world.keys[MALLORY]}`, 'content-type': type, ...more }
  return call({ port: world.ports.http, path, headers, body })
}

/** Packed as the endpoint expects it, or by any coding that it may know. */
function pack(
  chance: Chance,
  { packed }: HttpSample,
  body: Buffer,
): readonly [Buffer, Readonly<Record<string, string>>] {
  const name = packed ?? chance.pick(['identity', 'gzip', 'zstd', 'deflate'] as const)
  if (name === 'identity') return [body, {}]
  return [Buffer.from(PACKERS[name](body)), { 'content-encoding': name }]
}

export const httpBodies: Attack = {
  name: 'http-bodies',
  about: 'requests of every door over HTTP with bytes changed, and bytes that are none',
  workers: 2,
  async attempt(world, chance) {
    const sample = chance.pick(HTTP_SAMPLES)
    const valid = sample.body(chance)
    const body = chance.pick([() => mutate(chance, valid), () => chance.draw(noise), () => valid])()
    const [packed, headers] = pack(chance, sample, body)
    await send(world, sample, chance.below(4) === 0 ? mutate(chance, packed) : packed, headers)
  },
}

export const jsonBodies: Attack = {
  name: 'json-bodies',
  about: 'any JSON where JSON is expected, and parts of valid requests replaced by it',
  workers: 2,
  async attempt(world, chance) {
    const sample = chance.pick(HTTP_SAMPLES.filter(({ type }) => type.includes('json')))
    const any = JSON.stringify(chance.draw(fc.jsonValue({ depthSize: 'medium' })))
    const valid = sample.body(chance).toString()
    const tokens = valid.split(/(?<=[[{:,])/)
    tokens[chance.below(tokens.length)] = any
    const nested = '['.repeat(10_000)
    await send(world, sample, Buffer.from(chance.pick([any, tokens.join(''), nested, `{"a":${nested}`])))
  },
}

export const httpHeads: Attack = {
  name: 'http-heads',
  about: 'headers, methods and paths of all kinds',
  workers: 2,
  async attempt(world, chance) {
    const { path, type, body } = chance.pick(HTTP_SAMPLES)
    const text = chance.draw(fc.webPath({ size: 'medium' }))
    const headers: Record<string, string> = { authorization: `Bearer ${world.keys[MALLORY]}`, 'content-type': type }
    for (let changed = 0; changed <= chance.below(3); changed++) headers[chance.pick(HEADERS)] = chance.draw(headerText)
    if (chance.below(3) === 0) headers['content-encoding'] = chance.pick(ENCODINGS)
    const method = chance.pick(['POST', 'GET', 'PUT', 'DELETE', 'OPTIONS', 'HEAD', 'PATCH'])
    const target = chance.pick([
      path,
      `${path}${text.replace('/', '?')}`,
      `/${text}`,
      '/ping',
      '/health',
      '/query',
      '/openapi.json',
      '/alerts/act?token=fuzz',
      `/alerts/act${text.replace('/', '?token=')}`,
      '/api/v2/x',
    ])
    await call({
      port: world.ports.http,
      method,
      path: target,
      headers,
      body: method === 'POST' ? body(chance) : Buffer.alloc(0),
    })
  },
}

const BURST = Array.from({ length: 50 })
const BOMB_BYTES = 100 * 1024 * 1024
const BOMBERS = { gzip: promisify(gzip), zstd: promisify(zstdCompress), deflate: promisify(deflate) } as const
type Packing = keyof typeof BOMBERS
const bombs = new Map<Packing, Promise<Buffer>>()
/** Snappy says in its head how much it is: a few bytes may claim 4 GiB. */
const SNAPPY_BOMB = Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f, 0x00, 0x41])

/** A little that unpacks to very much. */
export function bombOf(encoding: Packing | 'snappy'): Promise<Buffer> {
  if (encoding === 'snappy') return Promise.resolve(SNAPPY_BOMB)
  const made = bombs.get(encoding) ?? BOMBERS[encoding](Buffer.alloc(BOMB_BYTES))
  bombs.set(encoding, made)
  return made
}

export const httpBombs: Attack = {
  name: 'bombs',
  about: 'many bodies at a time that unpack to 100 MiB, or say 4 GiB',
  async attempt(world, chance) {
    const encoding = chance.pick(['gzip', 'zstd', 'deflate', 'snappy'] as const)
    const sample = chance.pick(HTTP_SAMPLES.filter(({ packed }) => (packed === 'snappy') === (encoding === 'snappy')))
    const bomb = await bombOf(encoding)
    await Promise.all(BURST.map(() => send(world, sample, bomb, { 'content-encoding': encoding })))
  },
}

/** What costs much to be found bad, by the form that it pretends to have. */
const CHAFF: Readonly<Record<string, readonly string[]>> = {
  '/write?db=mallory': ['a\n', 'a b=\n', 'a b="c"\n', 'a b=1\n', 'a,b=c d=1,e=2 5\n'],
  '/api/v1/metrics': ['{\n', '1\n', '{"name":1}\n', '{"name":"a","value":1}\n'],
  '/api/v1/logs': ['{\n', '1\n', '{"message":1}\n', '{"message":"a"}\n'],
  '/v1/metrics': ['\n\u0000', '\u0012\u0000'],
  '/v1/logs': ['\n\u0000', '\u0012\u0000'],
}
const CHAFF_BYTES = 15 * 1024 * 1024

export const httpChaff: Attack = {
  name: 'chaff',
  about: 'a few kilobytes that unpack to millions of bad lines, points or messages',
  async attempt(world, chance) {
    const path = chance.pick(Object.keys(CHAFF))
    const type = { '/api/v1/metrics': 'application/x-ndjson', '/api/v1/logs': 'application/x-ndjson' }[path] ?? PROTOBUF
    const body = Buffer.alloc(CHAFF_BYTES, chance.pick(CHAFF[path] ?? []))
    const packed = await BOMBERS.gzip(body, { level: 1 })
    await send(world, { path, type, body: () => body }, packed, { 'content-encoding': 'gzip' })
  },
}
