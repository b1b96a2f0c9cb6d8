/** Who decides which times a stream's indices take. */
export type TimeBounds =
  /** Elasticsearch: its data stream module moves the bounds as time goes on. */
  | { readonly kind: 'managed' }
  /** The template, for a server without that module. ISO 8601, start inclusive, end exclusive. */
  | { readonly kind: 'fixed'; readonly start: string; readonly end: string }

export type TimeBoundsSetting = TimeBounds | { readonly kind: 'auto' }

/** For servers that leave the bounds to the template: everything that a point's time can be. */
export const WIDE_BOUNDS: TimeBounds = { kind: 'fixed', start: '1970-01-01T00:00:00Z', end: '2200-01-01T00:00:00Z' }

/** `auto`, `managed` or `fixed:<start>/<end>`; undefined when it is none of them. */
export function parseTimeBounds(text: string): TimeBoundsSetting | undefined {
  if (text === 'auto' || text === 'managed') return { kind: text }
  const [, start = '', end = ''] = /^fixed:([^/]+)\/([^/]+)$/.exec(text) ?? []
  return Date.parse(start) < Date.parse(end) ? { kind: 'fixed', start, end } : undefined
}
