import type { SchemaLookup } from '@pegel/contracts'
import { createSchemaStore } from '@pegel/kafka'
import type { KafkaPort } from '@pegel/kafka'
import type { CliContext } from './context.ts'

export interface KafkaAndSchemas {
  readonly kafka: KafkaPort
  readonly schemas: SchemaLookup
}

/** Runs something with Kafka and the schemas of its records, and closes both afterwards. Throws as `context.withKafka` does. */
export function withSchemas<T>(context: CliContext, use: (open: KafkaAndSchemas) => Promise<T>): Promise<T> {
  return context.withKafka(async (kafka) => {
    const schemas = await createSchemaStore(kafka, context.log)
    try {
      return await use({ kafka, schemas })
    } finally {
      await schemas.close()
    }
  })
}
