import { setTimeout as sleep } from 'node:timers/promises'
import type { KafkaPort } from '@pegel/kafka'
import { foldLedger } from '@pegel/pipeline'
import type { LedgerReport } from '@pegel/pipeline'
import { parseDuration, SINKS } from '@pegel/tenancy'
import type { Command } from 'commander'
import type { CliContext } from '../context.ts'
import { cliErrors } from '../errors.ts'
import type { RunHost } from '../run/command.ts'
import { takePositions } from './positions.ts'
import { formatReport } from './print.ts'
import { LedgerReading } from './reading.ts'

interface LedgerOptions {
  readonly tenant?: string
  readonly since: string
  readonly sink?: string
  readonly json: boolean
  readonly follow: boolean
  readonly wait: string
}

const FOLLOW_MS = 2000
const END_DEADLINE_MS = 30_000

/** `pegel ledger`: exit code 1 when a closed window does not balance or a record is missing. */
export function addLedgerCommand(program: Command, context: CliContext, host: Pick<RunHost, 'onStopSignal'>): void {
  program
    .command('ledger')
    .option('--tenant <id>', 'only this tenant')
    .option('--since <time>', 'how far back: a duration such as 2h, or an ISO time', '1h')
    .option('--sink <names>', 'only these sinks, by comma')
    .option('--json', 'the whole report as JSON', false)
    .option('--follow', 'print again every two seconds until stopped', false)
    .option('--wait <duration>', 'how long sinks may take to catch up with what is there', '5s')
    .description('The balance of every point per tenant and sink, and what is missing')
    .action(async (options: LedgerOptions) => {
      const stop = new AbortController()
      // A single report is ended by a signal as any program is; following ends with the verdict of the last one.
      if (options.follow) {
        host.onStopSignal(() => {
          stop.abort()
        })
      }
      const report = await context.withKafka((kafka) => ledger(context, { kafka, options, stop: stop.signal }))
      if (!report.balanced) throw cliErrors.unbalanced({ problem: summary(report) })
    })
}

interface LedgerRun {
  readonly kafka: KafkaPort
  readonly options: LedgerOptions
  readonly stop: AbortSignal
}

async function ledger(context: CliContext, { kafka, options, stop }: LedgerRun): Promise<LedgerReport> {
  const sinceMs = parseSince(options.since, Date.now())
  const settleMs = parseWait(options.wait)
  const sinks = options.sink?.split(',').map((name) => name.trim())
  const reading = new LedgerReading(kafka, sinceMs)
  await reading.open()
  try {
    for (;;) {
      const nowMs = Date.now()
      const positions = await takePositions({ kafka, sinks: sinks ?? SINKS, settleMs })
      await reading.reachEnd(END_DEADLINE_MS)
      const report = foldLedger(reading.fold, {
        positions,
        sinceMs,
        nowMs,
        ...(options.tenant === undefined ? {} : { tenant: options.tenant }),
        ...(sinks === undefined ? {} : { sinks }),
      })
      context.print(options.json ? `${JSON.stringify(report)}\n` : formatReport(report))
      if (!options.follow) return report
      await sleep(FOLLOW_MS, undefined, { signal: stop }).catch(() => undefined)
      if (stop.aborted) return report
    }
  } finally {
    await reading.close()
  }
}

/** @returns ms since the epoch */
export function parseSince(text: string, nowMs: number): number {
  const duration = parseDuration(text)
  if (duration !== undefined) return nowMs - duration
  const time = Date.parse(text)
  if (Number.isNaN(time))
    throw cliErrors.bad_option({ option: '--since', problem: `neither a duration nor a time: ${text}` })
  return time
}

function parseWait(text: string): number {
  const duration = text === '0' ? 0 : parseDuration(text)
  if (duration === undefined) throw cliErrors.bad_option({ option: '--wait', problem: `no duration: ${text}` })
  return duration
}

function summary(report: LedgerReport): string {
  const records = report.missingRecords.reduce((sum, { from, to }) => sum + to - from, 0)
  return `${records} ingest records without a row, ${report.missingParts.length} parts without a right outcome`
}
