import { doubleField, message, text, varint } from '../support/protobuf.ts'
import type { BenchSeries } from './series.ts'

/** prometheus.WriteRequest of remote write 1.0, one sample a series; not yet compressed. */
export function writeRequestV1(
  series: readonly BenchSeries[],
  values: (index: number) => number,
  timeMs: number,
): Buffer {
  return Buffer.concat(
    series.map(({ name, labels }, index) => {
      const all = [['__name__', name] as const, ...labels]
      const pairs = all.map(([key, value]) => message(1, text(1, key), text(2, value)))
      return message(1, ...pairs, message(2, sample(values(index), timeMs)))
    }),
  )
}

/** io.prometheus.write.v2.Request, one sample a series; not yet compressed. */
export function writeRequestV2(
  series: readonly BenchSeries[],
  values: (index: number) => number,
  timeMs: number,
): Buffer {
  const symbols = new Map([['', 0]])
  const reference = (symbol: string): number => {
    const known = symbols.get(symbol)
    if (known !== undefined) return known
    symbols.set(symbol, symbols.size)
    return symbols.size - 1
  }
  const timeseries = series.map(({ name, labels }, index) => {
    const all = [['__name__', name] as const, ...labels]
    const references = Buffer.concat(all.flat().map((symbol) => varint(reference(symbol))))
    const packed = message(1, references)
    return message(5, packed, message(2, sample(values(index), timeMs)))
  })
  return Buffer.concat([...[...symbols.keys()].map((symbol) => text(4, symbol)), ...timeseries])
}

function sample(value: number, timeMs: number): Buffer {
  return Buffer.concat([doubleField(1, value), varint(2 * 8), varint(timeMs)])
}
