import {
  createDetector,
  createDriftDetector,
  createForecaster,
  restoreDetector,
  restoreDriftDetector,
  restoreForecaster,
} from '@pegel/detection'

/** What watches one series, whatever it looks for. */
export interface Watcher {
  update(timestampMs: number, value: number): unknown
  save(): Uint8Array
}

export interface WatcherKind {
  readonly name: string
  /** What it may cost, in microseconds of CPU a point and bytes a series; what is opt-in has no budget but the one that is printed. */
  readonly budget?: { readonly us: number; readonly bytes: number }
  /** Of the series asked for so many are measured; the rest is multiplied. */
  readonly share: number
  create(): Watcher
  restore(bytes: Uint8Array): Watcher
}

export const KINDS: readonly WatcherKind[] = [
  {
    name: 'scoring',
    budget: { us: 0.5, bytes: 2048 },
    share: 1,
    create: () => createDetector(),
    restore: (bytes) => restoreDetector(bytes),
  },
  {
    name: 'scoring with season',
    share: 1,
    create: () => createDetector({ season: true }),
    restore: (bytes) => restoreDetector(bytes, { season: true }),
  },
  {
    name: 'drift',
    share: 0.05,
    create: () => createDriftDetector(),
    restore: (bytes) => restoreDriftDetector(bytes),
  },
  {
    name: 'forecast',
    share: 0.05,
    create: () => createForecaster(),
    restore: (bytes) => restoreForecaster(bytes),
  },
]
