import { buffers } from '@pegel/buffers'
import { writeStaleNaN } from '@pegel/contracts'
import { framed, writeFramed } from './protobuf-bytes.ts'
import { FORM, isIncluded } from './request-content.ts'
import type { ExemplarBytes, RequestContent } from './request-content.ts'
import { varintSize, writeVarint } from './varint.ts'

/** prompb: WriteRequest.timeseries, TimeSeries.samples, .exemplars, .histograms; Sample.value, Sample.timestamp. */
const TAG = { series: 0x0a, sample: 0x12, exemplar: 0x1a, histogram: 0x22, value: 0x09, time: 0x10 } as const
const NONE: readonly ExemplarBytes[] = []

interface Output {
  readonly content: RequestContent
  readonly bytes: Buffer
  readonly view: DataView
  /** Only units with a 1 here; undefined: all. */
  readonly marked: Uint8Array | undefined
}

/** A prompb.WriteRequest, borrowed: to be given back once it has been sent. Copies label bytes and touches no string. */
export function encodeRequest1(content: RequestContent, marked: Uint8Array | undefined): Buffer {
  const bytes = buffers.borrow(maxBytes(content))
  const output = { content, bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length), marked }
  let at = 0
  for (let slot = 0; slot < content.columns.series; slot += 1) at = encodeSeries(slot, output, at)
  return bytes.subarray(0, at)
}

function maxBytes({ columns, labelBytes, histograms, exemplars }: RequestContent): number {
  let size = columns.samples * 32 + labelBytes + columns.series * 12
  for (const histogram of histograms) size += histogram.length
  for (const list of exemplars.values()) for (const { bytes } of list) size += bytes.length + 6
  return size
}

function encodeSeries(slot: number, output: Output, offset: number): number {
  const { content, bytes, marked } = output
  const { head, next, unit } = content.columns
  let size = 0
  for (let sample = head[slot] ?? -1; sample >= 0; sample = next[sample] ?? -1) {
    if (isIncluded(content.columns, unit[sample] ?? 0, marked)) size += sampleSize(content, sample)
  }
  const labels = content.targets[slot]?.labels
  if (size === 0 || labels === undefined) return offset
  const exemplars =
    content.exemplars.get(slot)?.filter((each) => isIncluded(content.columns, each.unit, marked)) ?? NONE
  for (const exemplar of exemplars) size += framed(exemplar.bytes.length)
  bytes[offset] = TAG.series
  let at = writeVarint(bytes, offset + 1, labels.length + size)
  bytes.set(labels, at)
  at += labels.length
  for (let sample = head[slot] ?? -1; sample >= 0; sample = next[sample] ?? -1) {
    if (isIncluded(content.columns, unit[sample] ?? 0, marked)) at = encodeSample(sample, output, at)
  }
  for (const exemplar of exemplars) at = writeFramed(bytes, at, TAG.exemplar, exemplar.bytes)
  return at
}

function sampleSize({ columns, histograms }: RequestContent, sample: number): number {
  const { form, value, time } = columns
  if (form[sample] === FORM.histogram) return framed(histograms[value[sample] ?? 0]?.length ?? 0)
  return 12 + varintSize(time[sample] ?? 0)
}

function encodeSample(sample: number, { content, bytes, view }: Output, offset: number): number {
  const { form, value, time } = content.columns
  const histogram = form[sample] === FORM.histogram ? content.histograms[value[sample] ?? 0] : undefined
  if (histogram !== undefined) return writeFramed(bytes, offset, TAG.histogram, histogram)
  const timeMs = time[sample] ?? 0
  bytes[offset] = TAG.sample
  bytes[offset + 1] = 10 + varintSize(timeMs)
  bytes[offset + 2] = TAG.value
  if (form[sample] === FORM.stale) writeStaleNaN(view, offset + 3)
  else view.setFloat64(offset + 3, value[sample] ?? 0, true)
  bytes[offset + 11] = TAG.time
  return writeVarint(bytes, offset + 12, timeMs)
}
