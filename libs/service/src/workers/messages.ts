import type { CollectedMetric } from '@pegel/telemetry'
import type { Readiness } from '../health.ts'

/** What a worker can be asked, and what it answers. */
export interface Answers {
  readonly readiness: Readiness
  readonly metrics: readonly CollectedMetric[]
}

export type Question = keyof Answers

export type ToWorker =
  { readonly kind: 'ask'; readonly id: number; readonly question: Question } | { readonly kind: 'stop' }

export type FromWorker =
  { readonly kind: 'listening' } | { readonly kind: 'answer'; readonly id: number; readonly answer: Answers[Question] }
