import type { Attribute, Exemplar, MetricKind } from '@pegel/contracts'
import { lastOfEachKey } from './any-value.ts'
import type { DecodedPoint, Instant } from './point-sink.ts'
import { readAttribute } from './protobuf-attributes.ts'
import type { WireReader } from './wire-reader.ts'
import { BYTES, FIXED64, VARINT } from './wire-reader.ts'

/** Field numbers of opentelemetry.proto.metrics.v1 that differ between the kinds of data points. */
const FIELDS = {
  number: { attributes: 7, exemplars: 5, flags: 8 },
  histogram: { attributes: 9, exemplars: 8, flags: 10 },
  exponential_histogram: { attributes: 1, exemplars: 11, flags: 10 },
  summary: { attributes: 7, exemplars: -1, flags: 8 },
} as const

const UNKNOWN_TIME: Instant = { ms: 0, ns: 0 }

/** A point whose value may be missing. */
export type PointDraft = Omit<DecodedPoint, 'value'> & { readonly value: DecodedPoint['value'] | undefined }

interface NumberReader {
  take(reader: WireReader): boolean
  value(): number | undefined
}

interface ValueReader {
  /** Takes the field that the reader stands at; false when it is not one of the value's. */
  take(reader: WireReader): boolean
  value(): DecodedPoint['value'] | undefined
}

/** A NumberDataPoint, HistogramDataPoint, ExponentialHistogramDataPoint or SummaryDataPoint. */
export function readPoint(reader: WireReader, kind: MetricKind): PointDraft {
  const fields = FIELDS[kind === 'gauge' || kind === 'sum' ? 'number' : kind]
  const valueReader = createValueReader(kind)
  const attributes: Attribute[] = []
  const exemplars: Omit<Exemplar, 'point'>[] = []
  let [start, time, flags] = [UNKNOWN_TIME, UNKNOWN_TIME, 0]
  while (reader.next()) {
    const { field, wireType } = reader
    if (field === fields.attributes && wireType === BYTES) attributes.push(readAttribute(reader.message()))
    else if (field === 2 && wireType === FIXED64) start = reader.instant()
    else if (field === 3 && wireType === FIXED64) time = reader.instant()
    else if (field === fields.flags && wireType === VARINT) flags = reader.uint32()
    else if (field === fields.exemplars && wireType === BYTES) exemplars.push(readExemplar(reader.message()))
    else if (!valueReader.take(reader)) reader.skip()
  }
  return { attributes: lastOfEachKey(attributes), start, time, flags, exemplars, value: valueReader.value() }
}

function createValueReader(kind: MetricKind): ValueReader {
  switch (kind) {
    case 'gauge':
    case 'sum':
      return numberValue(4, 6)
    case 'histogram':
      return histogramValue()
    case 'exponential_histogram':
      return exponentialValue()
    case 'summary':
      return summaryValue()
  }
}

/** A oneof of a double and an sfixed64; the last one sent counts. */
function numberValue(doubleField: number, intField: number): NumberReader {
  let value: number | undefined
  return {
    take(reader) {
      if (reader.wireType !== FIXED64) return false
      if (reader.field === doubleField) value = reader.double()
      else if (reader.field === intField) value = reader.sfixed64()
      else return false
      return true
    },
    value: () => value,
  }
}

/** count, sum, min and max, which histograms of both sorts share but for the numbers of the last two. */
function totals(minField: number, maxField: number): { take(reader: WireReader): boolean; read(): Totals } {
  let count = 0
  let [sum, min, max]: (number | null)[] = [null, null, null]
  return {
    take(reader) {
      if (reader.wireType !== FIXED64) return false
      if (reader.field === 4) count = reader.fixed64()
      else if (reader.field === 5) sum = reader.double()
      else if (reader.field === minField) min = reader.double()
      else if (reader.field === maxField) max = reader.double()
      else return false
      return true
    },
    read: () => ({ count, sum: sum ?? null, min: min ?? null, max: max ?? null }),
  }
}

interface Totals {
  readonly count: number
  readonly sum: number | null
  readonly min: number | null
  readonly max: number | null
}

function histogramValue(): ValueReader {
  const shared = totals(11, 12)
  const [counts, bounds]: [number[], number[]] = [[], []]
  return {
    take(reader) {
      if (reader.field === 6) reader.repeated(counts, FIXED64, (at) => at.fixed64())
      else if (reader.field === 7) reader.repeated(bounds, FIXED64, (at) => at.double())
      else return shared.take(reader)
      return true
    },
    value: () => ({ kind: 'histogram', ...shared.read(), bounds, counts }),
  }
}

function exponentialValue(): ValueReader {
  const shared = totals(12, 13)
  let [scale, zeroCount, zeroThreshold] = [0, 0, 0]
  let [positive, negative] = [
    { offset: 0, counts: [] as number[] },
    { offset: 0, counts: [] as number[] },
  ]
  return {
    take(reader) {
      const { field, wireType } = reader
      if (field === 6 && wireType === VARINT) scale = reader.sint32()
      else if (field === 7 && wireType === FIXED64) zeroCount = reader.fixed64()
      else if (field === 14 && wireType === FIXED64) zeroThreshold = reader.double()
      else if (field === 8 && wireType === BYTES) positive = readBuckets(reader.message())
      else if (field === 9 && wireType === BYTES) negative = readBuckets(reader.message())
      else return shared.take(reader)
      return true
    },
    value: () => ({
      kind: 'exponential_histogram',
      ...shared.read(),
      scale,
      zeroCount,
      zeroThreshold,
      positive,
      negative,
    }),
  }
}

function readBuckets(reader: WireReader): { offset: number; counts: number[] } {
  let offset = 0
  const counts: number[] = []
  while (reader.next()) {
    if (reader.field === 1 && reader.wireType === VARINT) offset = reader.sint32()
    else if (reader.field === 2) reader.repeated(counts, VARINT, (at) => Number(at.varint64()))
    else reader.skip()
  }
  return { offset, counts }
}

function summaryValue(): ValueReader {
  let [count, sum] = [0, 0]
  const quantiles: { quantile: number; value: number }[] = []
  return {
    take(reader) {
      const { field, wireType } = reader
      if (field === 4 && wireType === FIXED64) count = reader.fixed64()
      else if (field === 5 && wireType === FIXED64) sum = reader.double()
      else if (field === 6 && wireType === BYTES) quantiles.push(readQuantile(reader.message()))
      else return false
      return true
    },
    value: () => ({ kind: 'summary', count, sum, quantiles }),
  }
}

function readQuantile(reader: WireReader): { quantile: number; value: number } {
  let [quantile, value] = [0, 0]
  while (reader.next()) {
    if (reader.field === 1 && reader.wireType === FIXED64) quantile = reader.double()
    else if (reader.field === 2 && reader.wireType === FIXED64) value = reader.double()
    else reader.skip()
  }
  return { quantile, value }
}

function readExemplar(reader: WireReader): Omit<Exemplar, 'point'> {
  const number = numberValue(3, 6)
  const attributes: Attribute[] = []
  let [time, traceId, spanId] = [UNKNOWN_TIME, '', '']
  while (reader.next()) {
    const { field, wireType } = reader
    if (field === 7 && wireType === BYTES) attributes.push(readAttribute(reader.message()))
    else if (field === 2 && wireType === FIXED64) time = reader.instant()
    else if (field === 4 && wireType === BYTES) spanId = reader.bytes().toString('hex')
    else if (field === 5 && wireType === BYTES) traceId = reader.bytes().toString('hex')
    else if (!number.take(reader)) reader.skip()
  }
  return {
    timeMs: time.ms,
    timeNs: time.ns,
    value: number.value() ?? 0,
    traceId,
    spanId,
    attributes: lastOfEachKey(attributes),
  }
}
