import { forEachRun, parseGroupBlock } from '@pegel/contracts'
import type { PointGroup } from '@pegel/contracts'
import type { MetricRecord } from '@pegel/pipeline'
import { encodeLabels } from './label-bytes.ts'
import { targetInfoLabels } from './labels.ts'
import { Target } from './target.ts'
import { NO_RECORD } from './write-request.ts'
import type { WriteRequest } from './write-request.ts'

/** Queries look five minutes back; once a minute keeps the series alive. */
const EVERY_MS = 60_000

interface Info {
  /** Null: the resource has nothing to tell. */
  readonly target: Target | null
  lastMs: number
}

/** `target_info`: what is known of a resource beside job and instance, as a series of value 1 to join on. It is no source point and counts nowhere. */
export class TargetInfo {
  readonly #max: number
  readonly #known = new Map<string, Info>()

  constructor(maxResources: number) {
    this.#max = maxResources
  }

  /** Adds what is due at the time of these points; times only ever grow, so that receivers take it. */
  add(request: WriteRequest, record: MetricRecord): void {
    // The runs of a group follow each other: comparing with the last one is enough, and a set would cost each point.
    let last: PointGroup | undefined
    forEachRun(record.points, (run) => {
      if (run.group === last) return
      last = run.group
      const info = this.#of(record.envelope.tenant, run.group.block)
      const timeMs = record.points.columns.timeMs[run.first] ?? 0
      if (info.target === null || timeMs < info.lastMs + EVERY_MS) return
      info.lastMs = timeMs
      request.number(info.target, request.addUnit(NO_RECORD, 0, info), timeMs, 1)
    })
  }

  #of(tenant: string, block: Uint8Array): Info {
    const key = `${tenant}/${Buffer.from(block.buffer, block.byteOffset, block.length).toString('latin1')}`
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const labels = targetInfoLabels(tenant, parseGroupBlock(block))
    const target = labels === undefined ? null : new Target(encodeLabels('target_info', labels))
    const created = { target, lastMs: 0 }
    if (this.#known.size >= this.#max) this.#known.clear()
    this.#known.set(key, created)
    return created
  }
}
