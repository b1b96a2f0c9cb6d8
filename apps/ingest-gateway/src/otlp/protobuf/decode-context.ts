import type { BodyMarks } from './body-template.ts'
import type { RequestPoints } from '../../ingest/request-points.ts'
import type { WireReader } from '../../wire/wire-reader.ts'
import type { CachedMetric, LabelCache } from './label-cache.ts'
import type { PointHead } from './point-head.ts'

/** What the decoding of a body goes through with. */
export interface DecodeContext {
  readonly reader: WireReader
  readonly head: PointHead
  readonly points: RequestPoints
  readonly cache: LabelCache
  /** Where to note what of the body changes from request to request; null when nobody wants to know. */
  readonly marks: BodyMarks | null
}

/** What the decoders of data points get. */
export interface MetricContext extends DecodeContext {
  readonly metric: CachedMetric
}
