import { randomUUID } from 'node:crypto'
import type { AlertActionRecord, AlertRecord } from '@pegel/contracts'
import { alertFingerprint, labelsOf } from './labels.ts'

/** Who asks, and when. */
export interface Asker {
  readonly tenant: string
  readonly by: string
  /** The door: api, link, grpc, cli, alertmanager. */
  readonly source: string
  readonly nowMs: number
}

/** What somebody raises: triggerAlert(name, { severity, tenantId, … }). */
export interface RaisedAlert extends Pick<AlertRecord, 'name' | 'severity' | 'status'> {
  /** Names the occurrence; without it, alerts of the same labels are one. */
  readonly id?: string | undefined
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  /** Now, without it. */
  readonly startsAtMs?: number | undefined
  readonly endsAtMs?: number | undefined
  readonly generatorUrl?: string
}

/** The record of an alert that a program or a person raises or ends. */
export function raisedAlert(
  raised: RaisedAlert,
  source: string,
  { tenant, nowMs }: Pick<Asker, 'tenant' | 'nowMs'>,
): AlertRecord {
  const { name, severity, status, annotations, startsAtMs = nowMs, endsAtMs = nowMs, generatorUrl = '' } = raised
  const record: AlertRecord = {
    ...{ tenant, id: raised.id ?? '', source, status, name, severity, startsAtMs, annotations, generatorUrl },
    labels: { ...raised.labels, tenant },
    endsAtMs: status === 'resolved' ? endsAtMs : null,
    ...{ groupId: '', evidence: null },
  }
  return record.id === '' ? { ...record, id: alertFingerprint(labelsOf(record)) } : record
}

/** A request with all its parts empty but those that are given. */
export function actionRecord(
  { tenant, by, source, nowMs: atMs }: Asker,
  part: Partial<AlertActionRecord>,
): AlertActionRecord {
  return {
    ...{ tenant, id: randomUUID(), atMs, by, source, acknowledge: null, resolve: null, silence: null },
    ...{ expireSilence: null, override: null, expireOverride: null, heartbeat: null },
    ...part,
  }
}
