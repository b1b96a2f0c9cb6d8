import type { KafkaPort } from '@pegel/kafka'
import { laneName, readParkedLanes, resumeLane } from '@pegel/pipeline'
import type { ParkedLaneView } from '@pegel/pipeline'
import { SINKS } from '@pegel/tenancy'
import type { Command } from 'commander'
import { audited } from '../audit/audited.ts'
import type { CliContext } from '../context.ts'
import { cliErrors } from '../errors.ts'
import { jsonLines } from '../json-lines.ts'
import { formatLanes, viewOf } from './print.ts'

interface ListOptions {
  readonly sink?: string
  readonly tenant?: string
  readonly json: boolean
}

interface ResumeOptions {
  readonly sink: string
  readonly tenant: string
  readonly acceptDeadLetters: boolean
  readonly json: boolean
}

/** Labels of runners: each sink, its logs, and their replays. */
const LABELS = SINKS.flatMap((sink) => [sink, `${sink}-logs`]).flatMap((label) => [label, `${label}.replay`])

/** `pegel lanes …`: tenants that a sink has put aside. */
export function addLaneCommands(program: Command, context: CliContext): void {
  const lanes = program.command('lanes').description('Tenants that a sink has put aside: list, resume')
  lanes
    .command('list')
    .option('--sink <name>', 'only this sink')
    .option('--tenant <id>', 'only this tenant')
    .option('--json', 'lines of JSON', false)
    .description('Parked lanes: why, since when, and how much waits')
    .action((options: ListOptions) => context.withKafka((kafka) => list(context, kafka, options)))
  lanes
    .command('resume')
    .requiredOption('--sink <name>', 'the sink, as the list names it')
    .requiredOption('--tenant <id>', 'the tenant')
    .option('--accept-dead-letters', 'let what it was stopped for become dead letters until it is drained', false)
    .option('--json', 'lines of JSON', false)
    .description('Drain a lane that was stopped, or try a parked one now')
    .action((options: ResumeOptions) => context.withKafka((kafka) => resume(context, kafka, options)))
}

async function list(context: CliContext, kafka: KafkaPort, options: ListOptions): Promise<void> {
  const lanes = (await readParkedLanes({ kafka, sinks: LABELS })).filter(
    ({ sink, tenant }) =>
      (options.sink === undefined || sink === options.sink) &&
      (options.tenant === undefined || tenant === options.tenant),
  )
  context.print(options.json ? jsonLines(lanes.map(viewOf)) : formatLanes(lanes))
}

async function resume(context: CliContext, kafka: KafkaPort, options: ResumeOptions): Promise<void> {
  const { sink, tenant } = options
  const lanes = (await readParkedLanes({ kafka, sinks: LABELS })).filter(
    (lane) => lane.sink === sink && lane.tenant === tenant,
  )
  if (lanes.length === 0) throw cliErrors.not_parked({ sink, tenant })
  const actions = lanes.map((lane) => ({
    action: 'lanes.resume',
    tenant,
    target: `${sink} ${laneName(lane)}`,
    parameters: { reason: lane.state.reason, accepts: acceptsOf(lane, options).join(',') },
  }))
  await audited({ context, kafka, actions }, async () => {
    const producer = kafka.producer()
    try {
      for (const lane of lanes) {
        const { topic, partition } = lane
        await resumeLane(producer, { sink, tenant, topic, partition, accepts: acceptsOf(lane, options) })
      }
    } finally {
      await producer.close()
    }
  })
  if (options.json) context.print(jsonLines(lanes.map(viewOf)))
  else for (const lane of lanes) context.print(`${sink} ${laneName(lane)} is resumed: ${lane.state.records} records\n`)
}

function acceptsOf({ state }: ParkedLaneView, options: ResumeOptions): readonly string[] {
  return options.acceptDeadLetters && state.stop !== null ? [state.stop.detail] : []
}
