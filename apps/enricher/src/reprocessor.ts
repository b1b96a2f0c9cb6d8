import { behindEnricher, fromReplay, INGEST_TOPICS, settlementOf, toReprocessed } from '@pegel/pipeline'
import type { Processor, ProcessResult, ReplayNote } from '@pegel/pipeline'
import type { KafkaRecord } from '@pegel/kafka'
import type { TenantDirectory } from '@pegel/tenancy'

export interface ReprocessorOptions {
  /** Goes by the newest versions. */
  readonly enricher: Processor
  readonly tenants: Pick<TenantDirectory, 'current'>
  readonly now?: () => number
}

/** For others. */
const PASSED: ProcessResult = { status: 'processed', outputs: [], rows: [] }

/**
 * Takes what the replay topic has for the enricher, records of `ingest`, and puts what becomes of them there again, for the sink that is named. The
 * rows in the ledger say that it is not the record's first way; a dead letter of the enricher is settled once its record could be read.
 */
export function createReprocessor({ enricher, tenants, now = Date.now }: ReprocessorOptions): Processor {
  const isBehind = ({ key }: KafkaRecord, { version = 0 }: ReplayNote): boolean => {
    const known = tenants.current(key?.toString('utf8') ?? '')
    return known.status === 'active' ? known.config.version < version : known.status !== 'deleted' && version > 0
  }
  return {
    process(stored) {
      const replayed = fromReplay(stored)
      const sink = behindEnricher(replayed?.sink ?? '')
      if (replayed === undefined || sink === undefined || !isIngest(replayed.record)) return PASSED
      const { record, note } = replayed
      if (isBehind(record, note)) return { status: 'wait', reason: 'tenant_behind' }
      const result = enricher.process(record)
      if (result.status === 'wait') return result
      const { replayId } = note
      const to = { sink, replayId, partition: stored.partition }
      const deadLetter =
        result.deadLetter === undefined ? settled(record, note, now()) : { ...result.deadLetter, replayId }
      return {
        status: 'processed',
        outputs: result.outputs.map((output) => toReprocessed(output, to)),
        rows: result.rows.map((row) => ({ ...row, replayId, reprocessed: true })),
        ...(deadLetter === undefined ? {} : { deadLetter }),
      }
    },
  }
}

function settled(
  { topic, partition, offset }: KafkaRecord,
  { letterTenant: tenant, replayId }: ReplayNote,
  nowMs: number,
) {
  if (tenant === '') return undefined
  const letter = { tenant, stage: 'enricher', sink: '', topic, partition, offset }
  return settlementOf(letter, { settled: 'replayed', replayId, nowMs })
}

function isIngest({ topic }: KafkaRecord): boolean {
  return (INGEST_TOPICS as readonly string[]).includes(topic)
}
