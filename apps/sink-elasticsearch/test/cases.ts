import { CASE_TIME_MS as AT, gauge, POINT_CASES } from '@pegel/testing'
import type { SeriesSpec } from '@pegel/testing'

const both = (first: number, second: number) =>
  [
    [AT, first],
    [AT + 1, second],
  ] as const
const cpu = (cpu: string) => ({ attributes: { cpu } })

/** The cases of every sink, and those of this format: metrics that share a document, and names. */
export const CASES: Readonly<Record<string, readonly SeriesSpec[]>> = {
  ...POINT_CASES,
  packed: [
    gauge('cpu.user', both(1, 2), cpu('0')),
    gauge('cpu.system', both(3, 4), cpu('0')),
    gauge('cpu.user', [[AT, 5]], cpu('1')),
    gauge('cpu.seconds', [[AT, 6]], { ...cpu('0'), unit: 's' }),
  ],
  names: [
    gauge('disk free."all"', [[AT, -0]], {
      attributes: { 'a.b': 'C:\\', '': 'no key', empty: '', text: 'é "1"\n' },
      resource: { tenant: 'x' },
    }),
  ],
}
