import { encodeRecord, NOTHING_BOOKED, readEnvelope } from '@pegel/contracts'
import type { BatchSource, DeadLetterRecord, LedgerRow, SchemaLookup } from '@pegel/contracts'
import { createLedgerWriter, DEAD_LETTER_TOPIC, settlementOf } from '@pegel/pipeline'
import type { LetterSummary } from '@pegel/pipeline'
import type { CliContext } from '../context.ts'
import type { OpenLetters } from './read.ts'
import { readLetters } from './read.ts'

export interface Drop {
  readonly open: OpenLetters
  readonly chosen: readonly LetterSummary[]
  /** Names the drop in ledger and dead letters. */
  readonly id: string
}

/**
 * Gives letters up: first the ledger has an entry of each, then the letter is settled. The balance stays as it is, since the points were
 * dead-lettered and remain that. @returns how many
 */
export async function dropLetters({ log }: Pick<CliContext, 'log'>, { open, chosen, id }: Drop): Promise<number> {
  const producer = open.kafka.producer()
  let dropped = 0
  try {
    for await (const { letter } of readLetters(open, chosen)) {
      const settings = { producer, stage: 'replay', sink: letter.sink, instance: 'pegel', log, lingerMs: 0 } as const
      const ledger = createLedgerWriter(settings)
      await ledger.write([droppedRow(letter, id, open.schemas)])
      await ledger.close()
      const settlement = settlementOf(letter, { settled: 'dropped', replayId: id, nowMs: Date.now() })
      const value = encodeRecord('DeadLetter', settlement)
      await producer.send([{ topic: DEAD_LETTER_TOPIC, key: letter.tenant, value }])
      dropped += 1
    }
  } finally {
    await producer.close()
  }
  return dropped
}

function droppedRow(letter: DeadLetterRecord, replayId: string, schemas: SchemaLookup): LedgerRow {
  const { tenant, topic, partition, offset, timestampMs: appendTimeMs, refusals } = letter
  const { source, points, configVersion } = sourceOf(letter, schemas)
  const whole = refusals.some(({ point }) => point < 0)
  return {
    ...NOTHING_BOOKED,
    tenant,
    ...(source ?? { topic, partition, offset, appendTimeMs, part: 0, parts: 1 }),
    configVersion,
    dropped: [{ reason: 'dead_letter_dropped', count: whole ? points : refusals.length }],
    replayId,
  }
}

/** A record that cannot be read names no points. */
function sourceOf(
  { value }: DeadLetterRecord,
  schemas: SchemaLookup,
): { readonly source: BatchSource | null; readonly points: number; readonly configVersion: number } {
  try {
    return readEnvelope(value, schemas)
  } catch {
    return { source: null, points: 0, configVersion: 0 }
  }
}
