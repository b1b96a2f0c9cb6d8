import type { Attribute } from '@pegel/contracts'
import type { RefusalReason } from '../ingest/refusals.ts'

/** Labels of a series, the metric's name apart. */
export interface LabelSet {
  readonly name: string
  readonly attributes: readonly Attribute[]
  readonly problem: RefusalReason | undefined
}

const METRIC_NAME = '__name__'

/** To Prometheus a label without a value is no label. The order does not matter here; a name given twice would. */
export function labelSet(pairs: readonly Attribute[]): LabelSet {
  const names = new Set<string>()
  const attributes: Attribute[] = []
  let name = ''
  let problem: RefusalReason | undefined
  for (const pair of pairs) {
    const { key, value } = pair
    if (names.has(key)) problem ??= 'label_repeated'
    names.add(key)
    if (key === '') problem ??= 'label_name_missing'
    if (key === METRIC_NAME) name = value
    else if (value !== '') attributes.push(pair)
  }
  return { name, attributes, problem }
}
