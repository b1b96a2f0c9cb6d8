import { setTimeout as sleep } from 'node:timers/promises'
import type { LedgerReport } from '@pegel/pipeline'
import type { Command } from 'commander'
import type { CliContext } from '../context.ts'
import { cliErrors } from '../errors.ts'
import type { RunHost } from '../run/command.ts'
import { parseTime, parseWait } from '../times.ts'
import { formatReport } from './print.ts'
import { findService, fromService } from './service.ts'
import { foldedHere } from './source.ts'
import type { LedgerSource, LedgerWish } from './source.ts'

interface LedgerOptions {
  readonly tenant?: string
  readonly since: string
  readonly sink?: string
  readonly json: boolean
  readonly follow: boolean
  readonly wait: string
  readonly from?: string
}

const FOLLOW_MS = 2000
/** As a value of --from. */
const HERE = 'topic'

/** `pegel ledger`: exit code 1 when a closed window does not balance or a record is missing. */
export function addLedgerCommand(program: Command, context: CliContext, host: Pick<RunHost, 'onStopSignal'>): void {
  program
    .command('ledger')
    .option('--tenant <id>', 'only this tenant')
    .option('--since <time>', 'how far back: a duration such as 2h, or an ISO time', '1h')
    .option('--sink <names>', 'only these sinks, by comma')
    .option('--json', 'the whole report as JSON', false)
    .option('--follow', 'print again every two seconds until stopped', false)
    .option(
      '--wait <duration>',
      'how long to wait for sinks to catch up, or for the ledger service to judge again',
      '5s',
    )
    .option('--from <url>', 'ask this ledger service and no other, or "topic": read the topic here')
    .description('The balance of every point per tenant and sink, and what is missing')
    .action(async (options: LedgerOptions) => {
      const stop = new AbortController()
      // A single report is ended by a signal as any program is; following ends with the verdict of the last one.
      if (options.follow) {
        host.onStopSignal(() => {
          stop.abort()
        })
      }
      const report = await answer(context, options, stop.signal)
      if (!report.balanced) throw cliErrors.unbalanced({ problem: summary(report) })
    })
}

async function answer(context: CliContext, options: LedgerOptions, stop: AbortSignal): Promise<LedgerReport> {
  const settleMs = parseWait(options.wait)
  const sinks = options.sink?.split(',').map((name) => name.trim())
  const wish: LedgerWish = {
    sinceMs: parseTime('--since', options.since),
    ...(options.tenant === undefined ? {} : { tenant: options.tenant }),
    ...(sinks === undefined ? {} : { sinks }),
  }
  const { from = await findService(context, wish) } = options
  if (from !== undefined && from !== HERE) {
    const source = fromService({ address: from, wish, waitMs: options.follow ? 0 : settleMs, note: context.note })
    return printed(context, source, { options, stop })
  }
  return context.withKafka((kafka) => printed(context, foldedHere(kafka, wish, settleMs), { options, stop }))
}

interface Printing {
  readonly options: Pick<LedgerOptions, 'json' | 'follow'>
  readonly stop: AbortSignal
}

/** Prints a report, or one after the other, and closes the source; the last one is the verdict. */
async function printed(
  context: CliContext,
  source: LedgerSource,
  { options: { json, follow }, stop }: Printing,
): Promise<LedgerReport> {
  try {
    for (;;) {
      const report = await source.report()
      context.print(json ? `${JSON.stringify(report)}\n` : formatReport(report))
      if (!follow) return report
      await sleep(FOLLOW_MS, undefined, { signal: stop }).catch(() => undefined)
      if (stop.aborted) return report
    }
  } finally {
    await source.close()
  }
}

function summary(report: LedgerReport): string {
  const records = report.missingRecords.reduce((sum, { from, to }) => sum + to - from, 0)
  return `${records} ingest records without a row, ${report.missingParts.length} parts without a right outcome`
}
