import type { Random } from '../support/random.ts'

/** Makes the rows of one stream, by number. */
export type Stream = (row: number) => number

export const normal =
  (random: Random): Stream =>
  () =>
    random.normal()

/** Student's t: heavy tails, of variance 1. */
export const student =
  (random: Random, freedom: number): Stream =>
  () => {
    let squares = 0
    for (let index = 0; index < freedom; index++) squares += random.normal() ** 2
    return (random.normal() / Math.sqrt(squares / freedom)) * Math.sqrt((freedom - 2) / freedom)
  }

export const logNormal =
  (random: Random): Stream =>
  () =>
    Math.exp(random.normal())

/** Each row is `kept` of the one before, and new; of variance 1. */
export function autoregressive(random: Random, kept: number): Stream {
  let last = random.normal()
  return () => (last = kept * last + Math.sqrt(1 - kept * kept) * random.normal())
}

export type DayShape = 'sine' | 'two waves' | 'working hours'

/** A day of `rowsPerDay` rows and of the amplitude, with noise of standard deviation 1, begun at any time of it. */
export function daily(
  random: Random,
  { shape, rowsPerDay, amplitude }: { shape: DayShape; rowsPerDay: number; amplitude: number },
): Stream {
  const start = random.uniform()
  return (row) => amplitude * shapeAt(shape, row / rowsPerDay + start) + random.normal()
}

function shapeAt(shape: DayShape, day: number): number {
  const angle = 2 * Math.PI * day
  if (shape === 'sine') return Math.sin(angle)
  if (shape === 'two waves') return 0.8 * Math.sin(angle) + 0.5 * Math.sin(2 * angle + 1)
  const hour = (day % 1) * 24
  // Rises within two hours from 7 on, falls from 17 on.
  return Math.min(Math.max((hour - 7) / 2, 0), Math.max((19 - hour) / 2, 0), 1)
}
