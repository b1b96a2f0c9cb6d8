export type { Detector, Reason, ReasonKind, Verdict } from './detector.ts'
