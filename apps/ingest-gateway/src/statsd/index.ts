export { flushesOf, tellFlush } from './flush.ts'
export type { Flush } from './flush.ts'
export { IntervalWriter } from './interval.ts'
export type { Fate, Interval } from './interval.ts'
