import type { DerivedPoint } from '../derive/derived-point.ts'
import type { Sight } from './open-anomaly.ts'
import type { DerivedValue, SeriesState } from './series-state.ts'

export interface DriftWatch {
  save(): Uint8Array
}

export function watchDrift(_state: SeriesState, _derived: DerivedValue, _point: DerivedPoint, _sight: Sight): void {}
