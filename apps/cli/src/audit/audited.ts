import type { KafkaPort } from '@pegel/kafka'
import { createAuditWriter } from '@pegel/pipeline'
import type { AuditAction } from '@pegel/pipeline'
import type { CliContext } from '../context.ts'

export interface AuditedWork {
  readonly context: Pick<CliContext, 'env' | 'log'>
  readonly kafka: KafkaPort
  /** Nothing is written when there are none. */
  readonly actions: readonly AuditAction[]
}

/** Does something that the audit topic knows of before and after. `PEGEL_ACTOR` names who asks, where that is not the user of this machine. */
export async function audited<T>({ context, kafka, actions }: AuditedWork, work: () => Promise<T>): Promise<T> {
  const { PEGEL_ACTOR: actor = '' } = context.env
  const { log } = context
  const writer = createAuditWriter({ kafka, service: 'pegel', log, ...(actor === '' ? {} : { actor }) })
  try {
    return await writer.run(actions, work)
  } finally {
    await writer.close()
  }
}
