import { varintSize, writeVarint } from './varint.ts'
import type { Labels } from './labels.ts'

/** prompb: TimeSeries.labels = 1, Label.name = 1, Label.value = 2. */
const LABELS_TAG = 0x0a
const NAME_TAG = 0x0a
const VALUE_TAG = 0x12
const SURROGATE = /[\ud800-\udfff]/

/**
 * Labels as they stand in a prompb.TimeSeries, sorted by name as receivers require. Empty values are left out: to Prometheus an
 * empty label is no label, and some receivers refuse it.
 */
export function encodeLabels(name: string, labels: Labels, extra?: readonly [name: string, value: string]): Buffer {
  const all = [['__name__', name] as const, ...labels, ...(extra === undefined ? [] : [extra])]
  return encodePairs(all, LABELS_TAG)
}

/** Repeated Label messages under a tag, for exemplars too. */
export function encodePairs(pairs: readonly (readonly [name: string, value: string])[], tag: number): Buffer {
  const encoded = new Map<string, Buffer>()
  for (const [name, value] of pairs) if (value !== '') encoded.set(name, encodePair(name, value))
  const names = [...encoded.keys()].sort(byUtf8)
  const parts: Buffer[] = []
  for (const name of names) {
    const label = encoded.get(name)
    if (label !== undefined) parts.push(header(tag, label.length), label)
  }
  return Buffer.concat(parts)
}

/** UTF-16 order differs from UTF-8 order only where a surrogate takes part. */
function byUtf8(a: string, b: string): number {
  if (SURROGATE.test(a) || SURROGATE.test(b)) return Buffer.compare(Buffer.from(a), Buffer.from(b))
  return a < b ? -1 : 1
}

function encodePair(name: string, value: string): Buffer {
  const [nameBytes, valueBytes] = [Buffer.from(name), Buffer.from(value)]
  return Buffer.concat([
    header(NAME_TAG, nameBytes.length),
    nameBytes,
    header(VALUE_TAG, valueBytes.length),
    valueBytes,
  ])
}

function header(tag: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(1 + varintSize(length))
  bytes[0] = tag
  writeVarint(bytes, 1, length)
  return bytes
}
