import { TOPICS } from '@pegel/contracts'
import type { Command } from 'commander'
import { numberOf } from './context.ts'
import type { CliContext } from './context.ts'
import { formatTable } from './table.ts'

/** `pegel topics …` */
export function addTopicCommands(program: Command, context: CliContext): void {
  const topics = program.command('topics').description('Topics of the contract: create, list')
  topics
    .command('create')
    .description('Create what is missing (PEGEL_PARTITIONS, PEGEL_REPLICATION, MONITORING_RETENTION_DAYS)')
    .action(async () => {
      const { env } = context
      await context.withKafka((kafka) =>
        kafka.ensureTopics({
          partitions: numberOf(env, 'PEGEL_PARTITIONS', 64),
          replication: numberOf(env, 'PEGEL_REPLICATION', 1),
          retentionDays: numberOf(env, 'MONITORING_RETENTION_DAYS', 30),
        }),
      )
      context.print(`${TOPICS.length} topics are there\n`)
    })
  topics
    .command('list')
    .description('Partitions and records of every topic')
    .action(async () => {
      const rows = await context.withKafka((kafka) =>
        Promise.all(
          TOPICS.map(async ({ name, cleanup, value, key }) => {
            // A topic that is not there yet has no offsets.
            const ends = await kafka.offsets(name).catch(() => [])
            const records = ends.reduce((sum, { earliest, latest }) => sum + latest - earliest, 0)
            return [name, ends.length, records, cleanup, key, value]
          }),
        ),
      )
      context.print(formatTable(['TOPIC', 'PARTITIONS', 'RECORDS', 'CLEANUP', 'KEY', 'VALUE'], rows))
    })
}
