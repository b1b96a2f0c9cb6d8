export { createDetector, restoreDetector } from './create-detector.ts'
export { DETECTION_THRESHOLD } from './detector.ts'
export type { Detector, DetectorOptions, Direction, Reason, ReasonKind, Verdict } from './detector.ts'
export { detectionErrors } from './errors.ts'
