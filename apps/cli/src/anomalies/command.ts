import { setTimeout as sleep } from 'node:timers/promises'
import { decodeRecord, recordNameOf } from '@pegel/contracts'
import type { AlertRecord, AnomalyRecord } from '@pegel/contracts'
import type { KafkaPort, KafkaRecord } from '@pegel/kafka'
import { METRICS_TOPIC } from '@pegel/pipeline'
import { parseDuration } from '@pegel/tenancy'
import type { Command } from 'commander'
import type { CliContext } from '../context.ts'
import { cliErrors } from '../errors.ts'
import { jsonLines } from '../json-lines.ts'
import type { RunHost } from '../run/command.ts'
import { formatAnomalies } from './print.ts'

interface AnomaliesOptions {
  readonly tenant?: string
  readonly json: boolean
  readonly wait: string
  readonly follow: boolean
}

const ANOMALIES_TOPIC = 'pegel.anomalies.v1'
const ALERTS_TOPIC = 'pegel.alerts.v1'
const DETECTOR_GROUP = 'anomaly-detector'
const POLL_MS = 250

/** `pegel anomalies`: what the detector has found. */
export function addAnomaliesCommand(program: Command, context: CliContext, host: Pick<RunHost, 'onStopSignal'>): void {
  program
    .command('anomalies')
    .option('--tenant <id>', 'only this tenant')
    .option('--json', 'every record of anomalies and alerts as a line of JSON, repetitions too', false)
    .option('--follow', 'lines of JSON as they come, until stopped', false)
    .option('--wait <duration>', 'how long the detector may take to catch up with what is there', '0s')
    .description('What the detector has found, and what raised an alert')
    .action(async (options: AnomaliesOptions) => {
      const waitMs = parseDuration(options.wait)
      if (waitMs === undefined)
        throw cliErrors.bad_option({ option: '--wait', problem: `no duration: ${options.wait}` })
      await context.withKafka((kafka) =>
        options.follow ? follow(context, { kafka, options, host }) : list(context, { kafka, options, waitMs }),
      )
    })
}

interface Listing {
  readonly kafka: KafkaPort
  readonly options: AnomaliesOptions
}

async function list(
  context: CliContext,
  { kafka, options, waitMs }: Listing & { readonly waitMs: number },
): Promise<void> {
  if (waitMs > 0 && !(await caughtUp(kafka, Date.now() + waitMs)))
    context.note('the detector has not caught up with what is there')
  const anomalies = await readTopic(kafka, ANOMALIES_TOPIC, (value) => decodeRecord('Anomaly', value))
  const alerts = await readTopic(kafka, ALERTS_TOPIC, (value) => decodeRecord('Alert', value))
  const wanted = <T extends { readonly tenant: string }>(records: readonly T[]): readonly T[] =>
    records.filter(({ tenant }) => options.tenant === undefined || tenant === options.tenant)
  context.print(render(options.json, wanted(anomalies), wanted(alerts)))
}

/** Resolves when the program is asked to stop. */
async function follow(
  context: CliContext,
  { kafka, options, host }: Listing & { readonly host: Pick<RunHost, 'onStopSignal'> },
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<undefined>()
  host.onStopSignal(() => {
    resolve(undefined)
  })
  const print = (kind: string, record: AnomalyRecord | AlertRecord): void => {
    if (options.tenant === undefined || record.tenant === options.tenant)
      context.print(`${JSON.stringify({ record: kind, ...record })}\n`)
  }
  const readers = await Promise.all([
    kafka.readAll(ANOMALIES_TOPIC, ({ value }) => {
      if (value !== null) print('anomaly', decodeRecord('Anomaly', value))
    }),
    kafka.readAll(ALERTS_TOPIC, ({ value }) => {
      // What people ask about alerts stands in the same topic.
      if (value !== null && recordNameOf(['Alert'], value) !== undefined) print('alert', decodeRecord('Alert', value))
    }),
  ])
  await promise
  await Promise.all(readers.map((reader) => reader.close()))
}

function render(json: boolean, anomalies: readonly AnomalyRecord[], alerts: readonly AlertRecord[]): string {
  if (!json) return formatAnomalies(anomalies, alerts)
  return jsonLines([
    ...anomalies.map((anomaly) => ({ record: 'anomaly', ...anomaly })),
    ...alerts.map((alert) => ({ record: 'alert', ...alert })),
  ])
}

/** In order per partition. What cannot be read is of a newer program, and left out. */
async function readTopic<T>(kafka: KafkaPort, topic: string, decode: (value: Buffer) => T): Promise<readonly T[]> {
  const records: KafkaRecord[] = []
  const reader = await kafka.readAll(topic, (record) => records.push(record))
  await reader.caughtUp
  await reader.close()
  return records.flatMap(({ value }) => {
    try {
      return value === null ? [] : [decode(value)]
    } catch {
      return []
    }
  })
}

/** Whether the detector has committed all of `metrics` that is there when it is asked first. */
async function caughtUp(kafka: KafkaPort, deadlineMs: number): Promise<boolean> {
  const ends = await kafka.offsets(METRICS_TOPIC)
  for (;;) {
    const committed = await kafka.committed(DETECTOR_GROUP, METRICS_TOPIC)
    const behind = ends.some(
      ({ partition, earliest, latest }) =>
        latest > earliest && (committed.find((each) => each.partition === partition)?.offset ?? -1) < latest,
    )
    if (!behind) return true
    if (Date.now() >= deadlineMs) return false
    await sleep(POLL_MS)
  }
}
