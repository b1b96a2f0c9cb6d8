import { buffers } from '@pegel/buffers'
import { writeStaleNaN } from '@pegel/contracts'
import { symbolsOf } from './label-symbols.ts'
import { framed, writeFramed } from './protobuf-bytes.ts'
import { FORM, isIncluded } from './request-content.ts'
import type { ExemplarBytes, RequestContent } from './request-content.ts'
import { SymbolTable } from './symbols.ts'
import type { Symbol2 } from './symbols.ts'
import type { Target } from './target.ts'
import { varintSize, writeVarint } from './varint.ts'

/** io.prometheus.write.v2: Request.timeseries; TimeSeries.labels_refs, .samples, .histograms, .exemplars, .metadata. */
const TAG = { series: 0x2a, labels: 0x0a, sample: 0x12, histogram: 0x1a, exemplar: 0x22, metadata: 0x2a } as const
/** Sample.value, .timestamp, .start_timestamp; Metadata.type, .unit_ref. */
const FIELD = { value: 0x09, time: 0x10, start: 0x18, type: 0x08, unit: 0x20 } as const
/** Histogram.start_timestamp = 17, whose tag has two bytes. */
const HISTOGRAM_START = [0x88, 0x01] as const
/** The least that a reference, a sample's fields and a series' frame can take at most. */
const REF_BYTES = 5
const SAMPLE_BYTES = 40
const SERIES_BYTES = 48
const NONE: readonly ExemplarBytes[] = []

interface Output {
  readonly content: RequestContent
  readonly table: SymbolTable
  readonly bytes: Buffer
  readonly view: DataView
  readonly marked: Uint8Array | undefined
}

/** An io.prometheus.write.v2.Request. References are numbers that each text remembers: no text is looked up or compared. */
export function encodeRequest2(content: RequestContent, marked: Uint8Array | undefined): Buffer {
  const bytes = buffers.borrow(maxBytes(content))
  const table = new SymbolTable()
  const output = { content, table, bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length), marked }
  let at = 0
  for (let slot = 0; slot < content.columns.series; slot += 1) {
    // A TimeSeries has samples or histograms, never both.
    at = encodeSeries(slot, false, output, at)
    if (content.histograms.length > 0) at = encodeSeries(slot, true, output, at)
  }
  const whole = Buffer.concat([table.encode(), bytes.subarray(0, at)])
  buffers.giveBack(bytes)
  return whole
}

function maxBytes({ columns, targets, histograms, exemplars }: RequestContent): number {
  let size = columns.samples * (SAMPLE_BYTES + SERIES_BYTES)
  for (let slot = 0; slot < columns.series; slot += 1)
    size += 2 * (SERIES_BYTES + REF_BYTES * (targets[slot]?.symbols.length ?? 0))
  for (const histogram of histograms) size += histogram.length
  // A label of an exemplar has at least four bytes for each of its references.
  for (const list of exemplars.values()) for (const { bytes } of list) size += 2 * bytes.length + SAMPLE_BYTES
  return size
}

function encodeSeries(slot: number, histograms: boolean, output: Output, offset: number): number {
  const { content, bytes, marked, table } = output
  const { head, next, unit, form } = content.columns
  const target = content.targets[slot]
  if (target === undefined) return offset
  const isMine = (sample: number): boolean =>
    (form[sample] === FORM.histogram) === histograms && isIncluded(content.columns, unit[sample] ?? 0, marked)
  let first = head[slot] ?? -1
  while (first >= 0 && !isMine(first)) first = next[first] ?? -1
  if (first < 0) return offset
  // The frame's length is known afterwards: room for the longest is left and closed again.
  const start = offset + 1 + REF_BYTES
  let at = encodeRefs(TAG.labels, target.symbols, output, start)
  for (let sample = first; sample >= 0; sample = next[sample] ?? -1) {
    if (isMine(sample)) at = histograms ? encodeHistogram(sample, output, at) : encodeSample(sample, output, at)
  }
  const own = content.exemplars.get(slot) ?? NONE
  for (const exemplar of own) {
    const belongs = histograms === unitIsHistogram(content, slot, exemplar.unit)
    if (belongs && isIncluded(content.columns, exemplar.unit, marked)) at = encodeExemplar(exemplar, output, at)
  }
  at = encodeMetadata(target, table, bytes, at)
  bytes[offset] = TAG.series
  const body = writeVarint(bytes, offset + 1, at - start)
  bytes.copyWithin(body, start, at)
  return body + at - start
}

/** Whether a unit's sample in this series is a histogram. */
function unitIsHistogram({ columns }: RequestContent, slot: number, unit: number): boolean {
  const { head, next, unit: unitOf, form } = columns
  for (let sample = head[slot] ?? -1; sample >= 0; sample = next[sample] ?? -1) {
    if (unitOf[sample] === unit) return form[sample] === FORM.histogram
  }
  return false
}

function encodeRefs(tag: number, symbols: readonly Symbol2[], { table, bytes }: Output, offset: number): number {
  let size = 0
  for (const symbol of symbols) size += varintSize(table.refOf(symbol))
  bytes[offset] = tag
  let at = writeVarint(bytes, offset + 1, size)
  for (const symbol of symbols) at = writeVarint(bytes, at, symbol.index)
  return at
}

function encodeSample(sample: number, { content, bytes, view }: Output, offset: number): number {
  const { form, value, time, start } = content.columns
  const [timeMs, startMs] = [time[sample] ?? 0, start[sample] ?? 0]
  bytes[offset] = TAG.sample
  bytes[offset + 1] = 10 + varintSize(timeMs) + (startMs === 0 ? 0 : 1 + varintSize(startMs))
  bytes[offset + 2] = FIELD.value
  if (form[sample] === FORM.stale) writeStaleNaN(view, offset + 3)
  else view.setFloat64(offset + 3, value[sample] ?? 0, true)
  bytes[offset + 11] = FIELD.time
  const at = writeVarint(bytes, offset + 12, timeMs)
  if (startMs === 0) return at
  bytes[at] = FIELD.start
  return writeVarint(bytes, at + 1, startMs)
}

function encodeHistogram(sample: number, { content, bytes }: Output, offset: number): number {
  const { value, start } = content.columns
  const histogram = content.histograms[value[sample] ?? 0]
  if (histogram === undefined) return offset
  const startMs = start[sample] ?? 0
  if (startMs === 0) return writeFramed(bytes, offset, TAG.histogram, histogram)
  bytes[offset] = TAG.histogram
  let at = writeVarint(bytes, offset + 1, histogram.length + HISTOGRAM_START.length + varintSize(startMs))
  bytes.set(histogram, at)
  at += histogram.length
  bytes.set(HISTOGRAM_START, at)
  return writeVarint(bytes, at + HISTOGRAM_START.length, startMs)
}

/** Its value and time are encoded as in 1.0; its labels are references. */
function encodeExemplar({ bytes: exemplar }: ExemplarBytes, output: Output, offset: number): number {
  const { symbols, end } = symbolsOf(exemplar)
  const rest = exemplar.subarray(end)
  let refs = 0
  for (const symbol of symbols) refs += varintSize(output.table.refOf(symbol))
  output.bytes[offset] = TAG.exemplar
  let at = writeVarint(output.bytes, offset + 1, (refs === 0 ? 0 : framed(refs)) + rest.length)
  if (refs > 0) at = encodeRefs(TAG.labels, symbols, output, at)
  output.bytes.set(rest, at)
  return at + rest.length
}

function encodeMetadata({ type, unit }: Target, table: SymbolTable, bytes: Buffer, offset: number): number {
  const ref = unit === null ? 0 : table.refOf(unit)
  if (type === 0 && ref === 0) return offset
  bytes[offset] = TAG.metadata
  bytes[offset + 1] = 2 + (ref === 0 ? 0 : 1 + varintSize(ref))
  bytes[offset + 2] = FIELD.type
  bytes[offset + 3] = type
  if (ref === 0) return offset + 4
  bytes[offset + 4] = FIELD.unit
  return writeVarint(bytes, offset + 5, ref)
}
