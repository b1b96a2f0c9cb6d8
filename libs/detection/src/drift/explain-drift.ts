import type { Change } from './alarm.ts'

/** A change as one sentence. */
export function explainChange({ kind, since, before, after, magnitude }: Omit<Change, 'from' | 'to'>): string {
  const when = `since ${timeOf(since)}`
  if (kind === 'level') {
    const verb = after.mean > before.mean ? 'rose' : 'fell'
    const sds = Number.isFinite(magnitude) ? ` (${magnitude > 0 ? '+' : ''}${magnitude.toFixed(1)} sd)` : ''
    return `level ${verb} from ${short(before.mean)} to ${short(after.mean)}${sds} ${when}`
  }
  return `variation ${magnitude > 1 ? 'grew' : 'shrank'} to ${short(magnitude)} times the usual (sd ${short(before.sd)} to ${short(after.sd)}) ${when}`
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)))
}

/** A number where it is no date that JavaScript knows. */
function timeOf(timestampMs: number): string {
  return Math.abs(timestampMs) <= 8.64e15 ? new Date(timestampMs).toISOString() : String(timestampMs)
}
