import type { Attribute } from '@pegel/contracts'
import type { FreeExemplar } from './remote-series.ts'

const TRACE_ID = /^[0-9a-f]{32}$/
const SPAN_ID = /^[0-9a-f]{16}$/

export interface SentExemplar {
  readonly labels: readonly Attribute[]
  readonly value: number
  readonly timeMs: number
}

/** Ids that are W3C's become the exemplar's own; labels of the same name with anything else stay labels. */
export function freeExemplar({ labels, value, timeMs }: SentExemplar): FreeExemplar {
  const texts = new Map<string, string>()
  for (const label of labels) if (label.value !== '') texts.set(label.key, label.value)
  const take = (key: string, form: RegExp): string => {
    const text = texts.get(key) ?? ''
    if (!form.test(text)) return ''
    texts.delete(key)
    return text
  }
  const traceId = take('trace_id', TRACE_ID)
  const spanId = take('span_id', SPAN_ID)
  const attributes = [...texts].map(([key, text]) => ({ key, value: text }))
  return { timeMs, timeNs: 0, value, traceId, spanId, attributes }
}
