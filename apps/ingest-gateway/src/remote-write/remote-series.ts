import { PROMETHEUS_SCOPE } from '@pegel/contracts'
import type { Exemplar } from '@pegel/contracts'
import type { TenantLimits } from '@pegel/tenancy'
import { labelGroup, labelSeries } from '../ingest/labels.ts'
import type { GroupLabels, SeriesLabels } from '../ingest/labels.ts'
import { kindOf } from './forms.ts'
import type { Form } from './forms.ts'
import type { LabelSet } from './label-set.ts'

export type FreeExemplar = Omit<Exemplar, 'point'>

interface Variant {
  readonly form: Form
  readonly unit: string
  readonly labels: SeriesLabels
}

/** Kinds and units of one series that are kept. */
const MAX_VARIANTS = 8

/** How many series of a cache have exemplars that wait. */
export interface Holding {
  series: number
}

/** Labels as a client sends them, and what the batch has of them: nearly always one kind and unit. */
export class RemoteSeries {
  readonly #variants: Variant[] = []
  readonly #holding: Holding
  #holds = false

  constructor(holding: Holding) {
    this.#holding = holding
  }

  /** Whether exemplars that came without a sample of the series wait for one. */
  get holds(): boolean {
    return this.#holds
  }

  set holds(holds: boolean) {
    if (holds !== this.#holds) this.#holding.series += holds ? 1 : -1
    this.#holds = holds
  }

  find(form: Form, unit: string): SeriesLabels | undefined {
    for (const variant of this.#variants) if (variant.form === form && variant.unit === unit) return variant.labels
    return undefined
  }

  /** False when there are too many of them: they are looked through one by one. */
  add(variant: Variant): boolean {
    if (this.#variants.length >= MAX_VARIANTS) return false
    this.#variants.push(variant)
    return true
  }
}

/**
 * The group of all series that came by remote write. Its scope says that name and labels are Prometheus' own: sink-prometheus
 * gives them back as they are.
 */
export function remoteGroup(limits: TenantLimits): GroupLabels {
  return labelGroup(limits, { resource: [], scope: { name: PROMETHEUS_SCOPE, version: '', attributes: [] } })
}

export interface RemoteIdentity {
  readonly form: Form
  readonly unit: string
  readonly labels: LabelSet
}

export function remoteLabels(limits: TenantLimits, group: GroupLabels, identity: RemoteIdentity): SeriesLabels {
  const { form, unit, labels } = identity
  const { name, attributes, problem } = labels
  const made = labelSeries(limits, group, { name, unit, attributes, ...kindOf(form, name) }, { gaugeHistograms: true })
  return problem === undefined ? made : { ...made, problem }
}
