/** TypeScript forms of what the alert-router reads and keeps. */
export type {
  Acknowledge,
  AlertAction as AlertActionRecord,
  Heartbeat,
  Resolve,
  SetOverride,
  SetSilence,
  SilenceMatcher,
} from './generated/alert-action.generated.ts'
export type {
  AlertState as AlertStateRecord,
  PendingSend,
  StoredAcknowledgement,
  StoredAlert,
  StoredEscalation,
  StoredGroup,
  StoredOverride,
  StoredSettings,
  StoredSilence,
  ToldTarget,
} from './generated/alert-state.generated.ts'
