import type { LineSheet } from './line-sheet.ts'

/** InfluxDB compares every point of a request with one limit, so those beyond it are the oldest. */
export function tooOldLines(lines: readonly number[], dropped: number, timeNs: (line: number) => bigint): Set<number> {
  const byAge = lines.map((line) => ({ line, at: timeNs(line) }))
  byAge.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
  return new Set(byAge.slice(0, dropped).map(({ line }) => line))
}

/** The lines that an answer quotes; empty when one of the quotes is not found, since then nothing is certain. */
export function unparseableLines(lines: readonly number[], quoted: readonly string[], sheet: LineSheet): Set<number> {
  const wanted = new Set(quoted)
  const found = new Set<string>()
  const refused = new Set<number>()
  for (const line of lines) {
    const text = sheet.gather([line]).toString('utf8').slice(0, -1)
    if (!wanted.has(text)) continue
    refused.add(line)
    found.add(text)
  }
  return found.size === wanted.size ? refused : new Set()
}
