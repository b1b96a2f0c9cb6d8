import type { Command } from 'commander'
import type { CliContext } from '../context.ts'
import { cliErrors } from '../errors.ts'
import { jsonLines } from '../json-lines.ts'
import { addActCommands } from './act-commands.ts'
import { formatAlert, formatGroup, formatList, formatSilences } from './print.ts'
import { readAlertsState } from './state.ts'
import { pairsOf, severityOf } from './words.ts'
import { planOf } from './tenant-plan.ts'
import { formatRoutes } from './test-route.ts'

interface ListOptions {
  readonly tenant?: string
  readonly silences: boolean
  readonly json: boolean
}

/** `pegel alerts …` */
export function addAlertCommands(program: Command, context: CliContext): void {
  const alerts = program
    .command('alerts')
    .description('Alerts: look at them, acknowledge, resolve, silence, try routes')
  alerts
    .command('list')
    .option('--tenant <id>', 'only this tenant')
    .option('--silences', 'silences instead', false)
    .option('--json', 'every group, alert and setting as a line of JSON', false)
    .description('Groups that the alert-router knows, with their state and escalation')
    .action(async (options: ListOptions) => {
      context.print(await list(context, options))
    })
  alerts
    .command('show')
    .argument('<id>', 'of a group or an alert')
    .option('--tenant <id>', 'only this tenant')
    .description('Everything about a group or an alert')
    .action(async (id: string, { tenant }: Pick<ListOptions, 'tenant'>) => {
      const state = await context.withKafka((kafka) => readAlertsState(kafka, tenant))
      const group = state.groups.find((each) => each.id === id)
      const alert = state.alerts.find((each) => each.fingerprint === id)
      if (group !== undefined) context.print(formatGroup(state, group))
      else if (alert !== undefined) context.print(formatAlert(alert))
      else throw cliErrors.unknown_alert({ id })
    })
  addActCommands(alerts, context)
  alerts
    .command('test-route')
    .argument('[labels...]', 'name=value; alertname=… is the name of the alert')
    .option('--tenant <id>', 'routes as they are published')
    .option('--file <file>', 'routes of a file, which need not be published')
    .option('--severity <severity>', 'critical, warning, info or security', 'warning')
    .description('Which receivers an alert of these labels would reach')
    .action(async (labels: readonly string[], options: { tenant?: string; file?: string; severity: string }) => {
      const plan = await planOf(context, options)
      context.print(formatRoutes(plan, { severity: severityOf(options.severity), labels: pairsOf('labels', labels) }))
    })
}

async function list(context: CliContext, { tenant, silences, json }: ListOptions): Promise<string> {
  const state = await context.withKafka((kafka) => readAlertsState(kafka, tenant))
  if (!json) return silences ? formatSilences(state, Date.now()) : formatList(state)
  return jsonLines([
    ...state.groups.map(({ told, pending, ...group }) => ({
      ...{ record: 'group', ...group },
      ...{ told: told.length, pending: pending.length },
    })),
    ...state.alerts.map((alert) => ({ record: 'alert', ...alert })),
    ...[...state.settings].map(([owner, settings]) => ({ record: 'settings', tenant: owner, ...settings })),
  ])
}
