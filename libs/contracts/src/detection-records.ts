/** TypeScript forms of what the detector writes. */
export type { Alert as AlertRecord, AlertEvidence, AlertForecast } from './generated/alert.generated.ts'
export type { Anomaly as AnomalyRecord, AnomalyForecast, FirstMover } from './generated/anomaly.generated.ts'
export type {
  DerivedState,
  DetectorState as DetectorStateRecord,
  OpenAnomaly,
} from './generated/detector-state.generated.ts'
