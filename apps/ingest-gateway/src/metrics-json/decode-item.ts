import type { Attribute } from '@pegel/contracts'
import type { z } from 'zod'
import { DecodedPoints } from '../ingest/decoded-points.ts'
import type { Instant, MetricHead } from '../ingest/point-sink.ts'
import type { RequestPoints } from '../ingest/request-points.ts'
import { instantOf } from './instant.ts'
import type { JsonReport, Place } from './json-report.ts'
import { metricHead, pointValue } from './point-value.ts'
import { AI_NAMES, aiMetrics, BUSINESS_NAMES, businessMetrics, pointSchemas } from './schemas.ts'
import type { JsonPoint, MetricSet, PointHead, PointType } from './schemas.ts'

const UNKNOWN: Instant = { ms: 0, ns: 0 }
const GAUGE = { kind: 'gauge', temporality: 'unspecified', monotonic: false, unit: '' } as const

/** So many bad items are told apart from good ones; what has more is not in this form, and to find that out of each costs others their time. */
export const MAX_MALFORMED = 1000

/** Puts the items of a body into a request's points, one after the other, and notes which were refused. */
export class ItemDecoder {
  readonly #points: RequestPoints
  readonly #sink: DecodedPoints
  readonly #report: JsonReport
  readonly #tenant: string
  readonly #now: Instant
  #malformed = 0

  constructor(points: RequestPoints, report: JsonReport, origin: { tenant: string; receivedAtMs: number }) {
    this.#points = points
    this.#sink = new DecodedPoints(points)
    this.#sink.group({ resource: [], scope: { name: '', version: '', attributes: [] } })
    this.#report = report
    this.#tenant = origin.tenant
    this.#now = { ms: origin.receivedAtMs, ns: 0 }
  }

  /** A point, or a set of metrics; anything else is refused as one point. */
  take(item: unknown, place: Place): void {
    const schema = schemaOf(item)
    if (schema === undefined) {
      this.malformed(place, 'neither a point with a name nor a known set of metrics, or of an unknown type')
      return
    }
    const parsed = schema.safeParse(item)
    if (!parsed.success) this.malformed(place, describe(parsed.error))
    else if ('name' in parsed.data) this.#point(parsed.data, place)
    else this.#set(parsed.data, place)
  }

  /** True when nothing more is read. */
  get isOver(): boolean {
    return this.#malformed >= MAX_MALFORMED || this.#points.isFull
  }

  /** Items that are not looked at, each as one point. */
  refuseUnread(place: Place, count: number): void {
    const reason = this.#points.isFull ? 'max_points_per_request' : 'point_malformed'
    this.#points.refuse(reason, count)
    this.#report.refuse(place, reason)
  }

  malformed(place: Place, problem: string): void {
    this.#malformed += 1
    this.#points.refuse('point_malformed')
    this.#report.refuse(place, 'point_malformed', problem)
  }

  #point(point: JsonPoint, place: Place): void {
    if (this.#isForeign(point, place, 1)) return
    const start = 'start' in point && point.start !== undefined ? instantOf(point.start) : UNKNOWN
    this.#tell(metricHead(point), { head: point, start, value: pointValue(point), place })
  }

  #set(set: MetricSet, place: Place): void {
    const values = [...AI_NAMES, ...BUSINESS_NAMES].flatMap((name) => {
      const value = set[name]
      return value === undefined ? [] : [{ name, value }]
    })
    if (this.#isForeign(set, place, values.length)) return
    for (const { name, value } of values) this.#tell({ ...GAUGE, name }, { head: set, start: UNKNOWN, value, place })
  }

  /** A credential speaks for its tenant alone; a point that says otherwise is a mistake of the sender. */
  #isForeign({ tenant_id: tenant }: PointHead, place: Place, points: number): boolean {
    if (tenant === undefined || tenant === this.#tenant) return false
    this.#points.refuse('tenant_mismatch', points)
    this.#report.refuse(place, 'tenant_mismatch')
    return true
  }

  #tell(metric: MetricHead, { head, start, value, place }: Told): void {
    const time = head.timestamp === undefined ? this.#now : instantOf(head.timestamp)
    const attributes = attributesOf(head)
    const taken = this.#sink.point(metric, { attributes, start, time, value, flags: 0, exemplars: [] })
    if (!taken) this.#report.refuse(place, this.#points.lastRefusal ?? 'point_malformed')
  }
}

interface Told {
  readonly head: PointHead
  readonly start: Instant
  readonly value: ReturnType<typeof pointValue>
  readonly place: Place
}

type Schema = (typeof pointSchemas)[PointType] | typeof aiMetrics | typeof businessMetrics

function schemaOf(item: unknown): Schema | undefined {
  if (typeof item !== 'object' || item === null) return undefined
  const { name, type = 'gauge' } = item as { readonly name?: unknown; readonly type?: unknown }
  if (name !== undefined) return Object.hasOwn(pointSchemas, String(type)) ? pointSchemas[type as PointType] : undefined
  if (AI_NAMES.some((key) => key in item)) return aiMetrics
  return BUSINESS_NAMES.some((key) => key in item) ? businessMetrics : undefined
}

/** What is wrong first: one sentence helps more than all that follows from it. */
function describe({ issues: [issue] }: z.ZodError): string {
  const path = issue?.path.join('.') ?? ''
  return `${path === '' ? '' : `${path}: `}${issue?.message ?? 'invalid'}`.slice(0, 200)
}

function attributesOf({ labels = {}, attributes = {} }: PointHead): readonly Attribute[] {
  return Object.entries({ ...labels, ...attributes }).map(([key, value]) => ({ key, value: String(value) }))
}
