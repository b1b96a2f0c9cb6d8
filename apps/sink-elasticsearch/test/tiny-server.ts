import { classifyItem } from '../src/classify.ts'
import type { Verdict } from '../src/classify.ts'
import type { BulkTarget } from '../src/bulk-body.ts'

interface Source {
  readonly '@timestamp': string
  readonly [field: string]: unknown
}

/** The rules of a time series stream and of a plain index that delivery rests on, in memory; the real ones are met in *.it.ts. */
export class TinyServer {
  /** key → metrics, in both targets. */
  readonly stored = new Map<string, readonly string[]>()
  readonly requests: { readonly target: BulkTarget; readonly documents: number }[] = []
  /** Metrics that have no field and get none. */
  refusedMetrics = new Set<string>()
  /** Times before this are for the late index. */
  start = ''
  /** Answers instead of the rules. */
  override: (request: number) => Verdict | undefined = () => undefined
  /** A status instead of the rules for some documents. */
  itemStatus: (source: Source) => number | undefined = () => undefined

  send = (target: BulkTarget, body: Buffer, documents: number): Promise<Verdict> => {
    const verdict = this.override(this.requests.length)
    this.requests.push({ target, documents })
    if (verdict !== undefined) return Promise.resolve(verdict)
    const lines = body.toString().trimEnd().split('\n')
    const items = Array.from({ length: lines.length / 2 }, (_, i) =>
      classifyItem(this.#create(target, JSON.parse(lines[2 * i] ?? ''), JSON.parse(lines[2 * i + 1] ?? '') as Source)),
    )
    return Promise.resolve({ kind: 'items', items })
  }

  #create(target: BulkTarget, action: unknown, source: Source): Parameters<typeof classifyItem>[0] {
    const status = this.itemStatus(source)
    if (status !== undefined) return { status }
    const metrics = Object.keys(source).filter((name) => name.startsWith('metrics.'))
    if (target === 'stream' && source['@timestamp'] < this.start) {
      const reason = 'the document timestamp [x] is outside of ranges of currently writable indices [x]'
      return { status: 400, error: { type: 'timestamp_error', reason } }
    }
    if (metrics.some((name) => this.refusedMetrics.has(name))) {
      return { status: 400, error: { reason: 'Limit of total fields [9] has been exceeded' } }
    }
    const key = target === 'stream' ? dimensionsOf(source) : (action as { create: { _id: string } }).create._id
    if (this.stored.has(key)) return { status: 409 }
    this.stored.set(key, metrics)
    return { status: 201 }
  }
}

function dimensionsOf(source: Source): string {
  const fields = Object.entries(source).filter(([name]) => !name.startsWith('metrics.') && name !== 'start_timestamp')
  return JSON.stringify(fields.sort(([a], [b]) => (a < b ? -1 : 1)))
}
