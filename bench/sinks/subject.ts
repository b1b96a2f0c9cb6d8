import type { MetricRecord, Sink } from '@pegel/pipeline'

/** One sink, in the two ways it is measured. */
export interface SinkSubject {
  readonly name: string
  /** Read records to the bytes of a request, before compression; returns how many bytes. */
  encode(tenant: string, records: readonly MetricRecord[]): number
  /** The sink on the real backend; undefined when the variable that names its address is not set. */
  connect(): Sink | undefined
  /** That variable. */
  readonly variable: string
}
