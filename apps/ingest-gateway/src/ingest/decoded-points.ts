import type { DecodedPoint, MetricHead, PointProblem, PointSink } from './point-sink.ts'
import { labelGroup, labelSeries } from './labels.ts'
import type { GroupLabels } from './labels.ts'
import type { RequestPoints } from './request-points.ts'

/** Lets decoders that make objects of points (JSON, and doors to come) fill a request's points. Encodes labels each time. */
export class DecodedPoints implements PointSink {
  readonly #points: RequestPoints
  #group: GroupLabels | null = null

  constructor(points: RequestPoints) {
    this.#points = points
  }

  get isFull(): boolean {
    return this.#points.isFull
  }

  group(group: Parameters<PointSink['group']>[0]): void {
    this.#group = labelGroup(this.#points.limits, group)
    this.#points.group(this.#group)
  }

  /** True when it was taken; else `lastRefusal` of the points says why. */
  point(metric: MetricHead, { attributes, start, time, flags, value, exemplars }: DecodedPoint): boolean {
    if (this.#group === null) throw new TypeError('a point before its group')
    const points = this.#points
    points.series(labelSeries(points.limits, this.#group, { ...metric, attributes }), start.ms, start.ns)
    const taken =
      typeof value === 'number'
        ? points.number(time.ms, time.ns, value, flags)
        : points.complex(time.ms, time.ns, value, flags)
    if (taken) for (const exemplar of exemplars) points.exemplar(exemplar)
    return taken
  }

  refuse(problem: PointProblem, count: number): void {
    this.#points.refuse(problem, count)
  }
}
