import { randomUUID } from 'node:crypto'
import { onCallAt } from '@pegel/alerting'
import { parseDuration } from '@pegel/tenancy'
import type { Command } from 'commander'
import type { CliContext } from '../context.ts'
import { cliErrors } from '../errors.ts'
import { formatTable } from '../table.ts'
import { readAlertsState } from './state.ts'
import { planOf } from './tenant-plan.ts'
import { askerOf, writeAction } from './write.ts'

interface WhoOptions {
  readonly tenant?: string
  readonly file?: string
  readonly at?: string
}

interface OverrideOptions {
  readonly tenant: string
  readonly schedule: string
  readonly person: string
  readonly for: string
}

/** `pegel oncall …` */
export function addOnCallCommands(program: Command, context: CliContext): void {
  const oncall = program.command('oncall').description('Who is on call')
  oncall
    .command('who')
    .option('--tenant <id>', 'schedules as they are published, with overrides')
    .option('--file <file>', 'schedules of a file, without overrides')
    .option('--at <time>', 'an ISO time; now without it')
    .description('Who is on call, by schedule')
    .action(async (options: WhoOptions) => {
      context.print(await who(context, options))
    })
  oncall
    .command('override')
    .requiredOption('--tenant <id>', 'whose schedule')
    .requiredOption('--schedule <name>', 'which')
    .requiredOption('--person <name>', 'who takes over')
    .option('--for <duration>', 'how long, from now', '8h')
    .description('Puts somebody else on call for a while')
    .action(async (options: OverrideOptions) => {
      context.print(await override(context, options))
    })
}

async function who(context: CliContext, options: WhoOptions): Promise<string> {
  const atMs = options.at === undefined ? Date.now() : Date.parse(options.at)
  if (Number.isNaN(atMs)) throw cliErrors.bad_option({ option: '--at', problem: `no time: ${options.at ?? ''}` })
  const plan = await planOf(context, options)
  const { intervals, tenant } = plan
  const state =
    options.file === undefined ? await context.withKafka((kafka) => readAlertsState(kafka, tenant)) : undefined
  const overrides = state?.settings.get(tenant)?.overrides ?? []
  const rows = [...plan.schedules.values()].map((schedule) => {
    const person = onCallAt(schedule, atMs, { overrides, intervals })
    const channels = plan.people.get(person ?? '')?.channels ?? []
    const addresses = channels.map(({ channel, to }) => (to === undefined ? channel : `${channel} ${to}`))
    return [schedule.name, person ?? 'nobody', addresses.join(', ') || '–']
  })
  return formatTable(['SCHEDULE', 'ON CALL', 'REACHED BY'], rows)
}

async function override(context: CliContext, options: OverrideOptions): Promise<string> {
  const { tenant, schedule, person } = options
  const lengthMs = parseDuration(options.for)
  if (lengthMs === undefined) throw cliErrors.bad_option({ option: '--for', problem: `no duration: ${options.for}` })
  const plan = await planOf(context, { tenant })
  if (!plan.schedules.has(schedule))
    throw cliErrors.bad_option({
      option: '--schedule',
      problem: `there are ${[...plan.schedules.keys()].join(', ') || 'none'}`,
    })
  if (!plan.people.has(person))
    throw cliErrors.bad_option({
      option: '--person',
      problem: `there are ${[...plan.people.keys()].join(', ') || 'none'}`,
    })
  const asker = askerOf(context, tenant)
  const [fromMs, untilMs] = [asker.nowMs, asker.nowMs + lengthMs]
  const part = { override: { overrideId: randomUUID(), schedule, person, fromMs, untilMs } }
  await context.withKafka((kafka) => writeAction(kafka, context, { asker, part }))
  return `${person} has ${schedule} until ${new Date(untilMs).toISOString()}\n`
}
