import { randomUUID } from 'node:crypto'
import { raisedAlert } from '@pegel/alerting'
import type { KafkaPort } from '@pegel/kafka'
import { parseDuration, parseMatchers } from '@pegel/tenancy'
import type { Command } from 'commander'
import { audited } from '../audit/audited.ts'
import type { CliContext } from '../context.ts'
import { cliErrors } from '../errors.ts'
import { readAlertsState } from './state.ts'
import { pairsOf, severityOf } from './words.ts'
import { askerOf, writeAction, writeAlert } from './write.ts'

interface ActOptions {
  readonly tenant?: string
  readonly note: string
  readonly by?: string
}

interface SilenceOptions {
  readonly tenant: string
  readonly for: string
  readonly comment: string
  readonly expire?: string
  readonly by?: string
}

interface TriggerOptions {
  readonly tenant: string
  readonly severity: string
  readonly label: readonly string[]
  readonly annotation: readonly string[]
  readonly resolved: boolean
}

const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value]

/** What writes to `alerts`. */
export function addActCommands(alerts: Command, context: CliContext): void {
  for (const action of ['acknowledge', 'resolve'] as const) {
    const command = alerts
      .command(action === 'acknowledge' ? 'ack' : action)
      .argument('<id>', 'of a group or an alert')
      .option('--tenant <id>', 'its tenant, where several have one of this id')
      .option('--note <text>', 'why', '')
      .option('--by <name>', 'who; PEGEL_ACTOR or the user of this machine without it')
      .action((id: string, options: ActOptions) => act(context, action, id, options))
    command.description(
      action === 'acknowledge' ? 'You take care: escalation stops' : 'It is over, whatever its source says',
    )
  }
  alerts
    .command('silence')
    .argument('[matchers...]', 'such as severity=warning or host=~"db-.*"')
    .requiredOption('--tenant <id>', 'whose alerts')
    .option('--for <duration>', 'how long', '2h')
    .option('--comment <text>', 'why', '')
    .option('--by <name>', 'who')
    .option('--expire <id>', 'ends the silence of this id instead')
    .description('Tells nobody of alerts that match, for a while')
    .action((matchers: readonly string[], options: SilenceOptions) => silence(context, matchers, options))
  alerts
    .command('trigger')
    .argument('<name>', 'what routes match as alertname')
    .requiredOption('--tenant <id>', 'whose alert')
    .option('--severity <severity>', 'critical, warning, info or security', 'warning')
    .option('--label <name=value>', 'a label; may be given again', collect, [])
    .option('--annotation <name=value>', 'such as summary=…; may be given again', collect, [])
    .option('--resolved', 'it is over', false)
    .description('An alert fires, or is over')
    .action((name: string, options: TriggerOptions) => trigger(context, name, options))
}

async function act(
  context: CliContext,
  action: 'acknowledge' | 'resolve',
  id: string,
  options: ActOptions,
): Promise<void> {
  await context.withKafka(async (kafka) => {
    const tenant = await tenantOf(kafka, id, options.tenant)
    const part = { [action]: { target: id, note: options.note, occurrenceMs: null } }
    const asker = askerOf(context, tenant, options.by)
    await writeAction(kafka, context, { asker, part })
    context.print(`${id} of ${tenant}: asked to ${action}\n`)
  })
}

/** Throws cliErrors.unknown_alert, bad_option. */
async function tenantOf(kafka: KafkaPort, id: string, wanted: string | undefined): Promise<string> {
  const { alerts, groups } = await readAlertsState(kafka, wanted)
  const holders = [
    ...groups.filter((each) => each.id === id),
    ...alerts.filter(({ fingerprint }) => fingerprint === id),
  ]
  const [tenant, ...others] = new Set(holders.map((each) => each.tenant))
  if (tenant === undefined) throw cliErrors.unknown_alert({ id })
  if (others.length > 0)
    throw cliErrors.bad_option({ option: '--tenant', problem: `name one of ${[tenant, ...others].join(', ')}` })
  return tenant
}

async function silence(context: CliContext, words: readonly string[], options: SilenceOptions): Promise<void> {
  const { tenant, comment, expire } = options
  const lengthMs = parseDuration(options.for)
  if (lengthMs === undefined) throw cliErrors.bad_option({ option: '--for', problem: `no duration: ${options.for}` })
  const asker = askerOf(context, tenant, options.by)
  const silenceId = expire ?? randomUUID()
  const matchers = expire === undefined ? readMatchers(words) : []
  const [startsAtMs, endsAtMs] = [asker.nowMs, asker.nowMs + lengthMs]
  const part =
    expire === undefined
      ? { silence: { silenceId, matchers, startsAtMs, endsAtMs, comment } }
      : { expireSilence: { silenceId } }
  await context.withKafka((kafka) => writeAction(kafka, context, { asker, part }))
  context.print(
    expire === undefined
      ? `silence ${silenceId} until ${new Date(endsAtMs).toISOString()}\n`
      : `silence ${silenceId} ends\n`,
  )
}

function readMatchers(words: readonly string[]): readonly { name: string; operator: string; value: string }[] {
  if (words.length === 0)
    throw cliErrors.bad_option({ option: 'matchers', problem: 'write at least one, such as severity=warning' })
  return words.flatMap((word) => {
    const parsed = parseMatchers(word)
    if (parsed.matchers === undefined) throw cliErrors.bad_option({ option: word, problem: parsed.problem })
    return parsed.matchers
  })
}

async function trigger(context: CliContext, name: string, options: TriggerOptions): Promise<void> {
  const { tenant, severity, resolved } = options
  const raised = {
    ...{ name, severity: severityOf(severity), status: resolved ? ('resolved' as const) : ('firing' as const) },
    labels: pairsOf('--label', options.label),
    annotations: pairsOf('--annotation', options.annotation),
  }
  // As the gateway names it, so that either may end what the other has raised.
  const alert = raisedAlert(raised, 'gateway', { tenant, nowMs: Date.now() })
  await context.withKafka(async (kafka) => {
    const actions = [{ action: 'alerts.trigger', tenant, target: alert.id, parameters: { name, status: alert.status } }]
    await audited({ context, kafka, actions }, () => writeAlert(kafka, context, alert))
  })
  context.print(`${alert.id} of ${tenant}: ${alert.status}\n`)
}
