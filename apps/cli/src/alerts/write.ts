import { userInfo } from 'node:os'
import { actionRecord, auditOf } from '@pegel/alerting'
import type { Asker } from '@pegel/alerting'
import { encodeRecord, SCHEMAS } from '@pegel/contracts'
import type { AlertActionRecord, AlertRecord } from '@pegel/contracts'
import { createSchemaStore } from '@pegel/kafka'
import type { KafkaPort } from '@pegel/kafka'
import { audited } from '../audit/audited.ts'
import type { CliContext } from '../context.ts'

const ALERTS_TOPIC = 'pegel.alerts.v1'

/** `PEGEL_ACTOR` names who asks, where that is not the user of this machine. */
export function askerOf({ env }: Pick<CliContext, 'env'>, tenant: string, by?: string): Asker {
  const { PEGEL_ACTOR: actor = '' } = env
  return { tenant, by: by ?? (actor === '' ? userInfo().username : actor), source: 'cli', nowMs: Date.now() }
}

/** Resolves when Kafka has it; the router acts on it then. */
export async function writeAlert(
  kafka: KafkaPort,
  context: Pick<CliContext, 'log'>,
  alert: AlertRecord,
): Promise<void> {
  await write(kafka, context, alert.tenant, encodeRecord('Alert', alert))
}

/** The audit topic knows of it before and after. */
export async function writeAction(
  kafka: KafkaPort,
  context: Pick<CliContext, 'env' | 'log'>,
  { asker, part }: { readonly asker: Asker; readonly part: Partial<AlertActionRecord> },
): Promise<void> {
  const record = actionRecord(asker, part)
  const event = auditOf(record)
  const actions = event === undefined ? [] : [event]
  await audited({ context, kafka, actions }, () =>
    write(kafka, context, asker.tenant, encodeRecord('AlertAction', record)),
  )
}

/** Whoever reads it needs its schema. */
async function write(kafka: KafkaPort, { log }: Pick<CliContext, 'log'>, tenant: string, value: Buffer): Promise<void> {
  const schemas = await createSchemaStore(kafka, log)
  const producer = kafka.producer()
  try {
    await schemas.publish([SCHEMAS.Alert, SCHEMAS.AlertAction])
    await producer.send([{ topic: ALERTS_TOPIC, key: tenant, value }])
  } finally {
    await producer.close()
    await schemas.close()
  }
}
