import protobuf from 'protobufjs'

/** The official .proto files, read by a general-purpose library: what the hand-written decoders must agree with. */
const root = new protobuf.Root()
root.resolvePath = (_origin, target) => `apps/ingest-gateway/test/proto/${target}`
root.loadSync(['prometheus/remote.proto', 'prometheus/write_v2.proto'], { keepCase: true })

/** Fields that a decoder steps over unread: the library shall not judge their contents either. */
const Request1 = without(root.lookupType('prometheus.WriteRequest'), 'metadata')
const Request2 = root.lookupType('io.prometheus.write.v2.Request')

function without(type: protobuf.Type, field: string): protobuf.Type {
  const found = type.get(field)
  if (found === null) throw new Error(`no field ${field}`)
  type.remove(found)
  return type
}

export type Version = 'v1' | 'v2'
const TYPES = { v1: Request1, v2: Request2 }

export function encode(version: Version, request: object): Buffer {
  const type = TYPES[version]
  return Buffer.from(type.encode(type.fromObject(request)).finish())
}

/** Throws when protobufjs does. */
export function decode(version: Version, bytes: Uint8Array): unknown {
  const type = TYPES[version]
  return type.toObject(type.decode(bytes), { longs: String, enums: Number, arrays: true, defaults: true, oneofs: true })
}

export interface Label {
  readonly name: string
  readonly value: string
}
export interface SentSample {
  readonly value: number
  readonly timestamp: number | string
  readonly start_timestamp?: number | string
}
export interface SentExemplar {
  readonly labels: readonly Label[]
  readonly value: number
  readonly timestamp: number | string
}
export interface SentSeries {
  readonly labels: readonly Label[]
  readonly samples?: readonly SentSample[]
  readonly histograms?: readonly object[]
  readonly exemplars?: readonly SentExemplar[]
  readonly metadata?: { readonly type?: number; readonly help?: string; readonly unit?: string }
}

/** The series as a prometheus.WriteRequest. */
export function request1(series: readonly SentSeries[]): Buffer {
  return encode('v1', { timeseries: series })
}

/** The series as an io.prometheus.write.v2.Request with its symbols. */
export function request2(series: readonly SentSeries[], symbols: string[] = ['']): Buffer {
  const refOf = (text: string): number => {
    const known = symbols.indexOf(text)
    return known === -1 ? symbols.push(text) - 1 : known
  }
  const refs = (labels: readonly Label[]): number[] => labels.flatMap(({ name, value }) => [refOf(name), refOf(value)])
  const timeseries = series.map(({ labels, exemplars = [], metadata, ...points }) => ({
    ...points,
    labels_refs: refs(labels),
    exemplars: exemplars.map(({ labels: own, ...rest }) => ({ ...rest, labels_refs: refs(own) })),
    metadata: {
      type: metadata?.type ?? 0,
      help_ref: refOf(metadata?.help ?? ''),
      unit_ref: refOf(metadata?.unit ?? ''),
    },
  }))
  return encode('v2', { symbols, timeseries })
}

/** `name{a="b"}` as labels. */
export function labelsOf(name: string, others: Readonly<Record<string, string>> = {}): readonly Label[] {
  return Object.entries({ __name__: name, ...others }).map(([key, value]) => ({ name: key, value }))
}

/** Stands for the staleness marker: JavaScript does not promise a NaN's bits, so bodies are patched. */
export const STALE = 123_456.789e123

/** Replaces STALE's bytes in a body by those of the staleness marker. */
export function withStaleMarkers(body: Buffer): Buffer {
  const from = Buffer.alloc(8)
  from.writeDoubleLE(STALE)
  const to = Buffer.from('020000000000f07f', 'hex')
  const patched = Buffer.from(body)
  for (let at = patched.indexOf(from); at !== -1; at = patched.indexOf(from, at + 8)) to.copy(patched, at)
  return patched
}
