import { forEachRun, NO_RECORDED_VALUE } from '@pegel/contracts'
import type { SeriesRun } from '@pegel/contracts'
import type { MetricRecord } from '@pegel/pipeline'
import { timeText } from './json.ts'
import type { OutcomeDraft } from './outcome-draft.ts'
import { DocumentPacker } from './document-packer.ts'
import type { PackedDocument } from './document-packer.ts'
import { exemplarsByPoint } from './exemplar-fields.ts'
import { complexFields } from './point-fields.ts'
import type { SeriesFields } from './series-fields.ts'

/**
 * Packs a record's selected points into documents and books at once what Elasticsearch cannot hold (staleness markers, values that are
 * not finite) and what would be the same point twice. A record gives the same documents whenever it is packed: their keys depend on nothing else.
 */
export function packRecord(
  record: MetricRecord,
  fieldsOf: (run: SeriesRun) => SeriesFields,
  target: { readonly index: number; readonly draft: OutcomeDraft },
): PackedDocument[] {
  const { columns } = record.points
  const exemplars = exemplarsByPoint(record.points.exemplars)
  const { index, draft } = target
  const selected = record.select === null ? null : maskOf(record.select, columns.length)
  const packer = new DocumentPacker(index)
  const [clock, starts] = [new Clock(), new Clock()]
  forEachRun(record.points, (run) => {
    const fields = fieldsOf(run)
    const started = run.startTimeMs !== 0 || run.startTimeNs !== 0
    const start = started ? starts.text(run.startTimeMs, run.startTimeNs) : ''
    for (let i = run.first; i < run.first + run.count; i += 1) {
      if (selected !== null && selected[i] === 0) continue
      const complex = columns.complex?.[i]
      const value = columns.value[i] ?? NaN
      const json = complex === undefined ? numberField(fields, value) : complexFields(fields.field, complex)
      if (json === undefined || ((columns.flags[i] ?? 0) & NO_RECORDED_VALUE) !== 0) draft.unsupported += 1
      else {
        const time = clock.text(columns.timeMs[i] ?? 0, columns.timeNs[i] ?? 0)
        const number = complex === undefined ? value : undefined
        packer.turnTo(fields.dimensions, time, start)
        const { name, template } = fields
        const point = { point: i, name, json, value: number, template, exemplars: exemplars?.get(i) }
        if (!packer.add(point)) draft.collapsed += 1
      }
    }
  })
  const { documents, collapsed } = packer.finish()
  draft.collapsed += collapsed
  return documents
}

/** What stands before a number. Undefined when it is not finite, which JSON cannot hold. */
function numberField({ member }: SeriesFields, value: number): string | undefined {
  return Number.isFinite(value) ? member : undefined
}

/** Points of a scrape share their time, and series their start: the text of the last one is kept. */
class Clock {
  #ms = NaN
  #ns = -1
  #text = ''

  text(ms: number, ns: number): string {
    if (ms !== this.#ms || ns !== this.#ns) {
      this.#text = timeText(ms, ns)
      this.#ms = ms
      this.#ns = ns
    }
    return this.#text
  }
}

function maskOf(select: Uint32Array, length: number): Uint8Array {
  const mask = new Uint8Array(length)
  for (const i of select) mask[i] = 1
  return mask
}
