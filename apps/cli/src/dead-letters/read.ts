import { decodeRecord } from '@pegel/contracts'
import type { DeadLetterRecord, SchemaLookup } from '@pegel/contracts'
import { partitionOf, readRange } from '@pegel/kafka'
import type { KafkaPort } from '@pegel/kafka'
import { DEAD_LETTER_TOPIC, DeadLetterBook } from '@pegel/pipeline'
import type { LetterSummary } from '@pegel/pipeline'
import type { CliContext } from '../context.ts'
import { withSchemas } from '../schemas.ts'
import type { KafkaAndSchemas } from '../schemas.ts'

export interface OpenLetters extends KafkaAndSchemas {
  readonly letters: readonly LetterSummary[]
}

/** Reads the dead letters, of one tenant or of all, and closes everything after use. */
export function withLetters<T>(
  context: CliContext,
  tenant: string | undefined,
  use: (open: OpenLetters) => Promise<T>,
): Promise<T> {
  return withSchemas(context, async ({ kafka, schemas }) => {
    const book = await readBook(kafka, schemas, tenant)
    if (book.unreadable > 0) context.note(`${book.unreadable} records of the dead letters cannot be read`)
    return use({ kafka, schemas, letters: book.letters() })
  })
}

/** All letters of a tenant are in one partition, by its id. */
export async function readBook(kafka: KafkaPort, schemas: SchemaLookup, tenant?: string): Promise<DeadLetterBook> {
  const book = new DeadLetterBook(schemas)
  const all = await kafka.offsets(DEAD_LETTER_TOPIC)
  const own = tenant === undefined ? all : all.filter(({ partition }) => partition === partitionOf(tenant, all.length))
  const ranges = own.map(({ partition, earliest, latest }) => ({ partition, from: earliest, to: latest }))
  for await (const records of readRange(kafka, { topic: DEAD_LETTER_TOPIC, ranges }))
    for (const record of records) book.add(record)
  return book
}

/** The letters themselves, with their values, in the order of their partitions. Those that retention has removed meanwhile are left out. */
export async function* readLetters(
  { kafka, schemas }: Pick<OpenLetters, 'kafka' | 'schemas'>,
  wanted: readonly LetterSummary[],
): AsyncGenerator<{ readonly summary: LetterSummary; readonly letter: DeadLetterRecord }> {
  const byPlace = new Map(wanted.map((summary) => [`${summary.partition}@${summary.offset}`, summary]))
  const ranges = [...Map.groupBy(wanted, ({ partition }) => partition)].map(([partition, group]) => {
    const offsets = group.map(({ offset }) => offset)
    return { partition, from: Math.min(...offsets), to: Math.max(...offsets) + 1 }
  })
  for await (const records of readRange(kafka, { topic: DEAD_LETTER_TOPIC, ranges })) {
    for (const { partition, offset, value } of records) {
      const summary = byPlace.get(`${partition}@${offset}`)
      if (summary !== undefined && value !== null) yield { summary, letter: decodeRecord('DeadLetter', value, schemas) }
    }
  }
}
