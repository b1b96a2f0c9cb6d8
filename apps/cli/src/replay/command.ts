import type { Command } from 'commander'
import { audited } from '../audit/audited.ts'
import type { CliContext } from '../context.ts'
import type { PublishedVersion } from '../tenants/plan.ts'
import { withSchemas } from '../schemas.ts'
import type { KafkaAndSchemas } from '../schemas.ts'
import { cliErrors } from '../errors.ts'
import { parseTime, parseWait } from '../times.ts'
import { addSendOptions, newId, parseRate } from './options.ts'
import type { SendOptions } from './options.ts'
import { awaitOutcome, formatOutcome } from './outcomes.ts'
import { auditOf, parseSinks, rangesOf, readPlan, requireActive } from './plan.ts'
import type { PlannedRange, ReplayPlan } from './plan.ts'
import { scan, sendRanges } from './run.ts'
import type { RangeContent } from './run.ts'

interface ReplayOptions extends SendOptions {
  readonly tenant?: string
  readonly from?: string
  readonly to?: string
  readonly sink?: string
  readonly resume?: string
  readonly reprocess: boolean
  readonly json: boolean
}

/** `pegel replay`: what is in `metrics`, to a sink again. */
export function addReplayCommand(program: Command, context: CliContext): void {
  const command = program
    .command('replay')
    .option('--tenant <id>', 'whose records')
    .option('--from <time>', 'received since: a duration such as 2h, or an ISO time')
    .option('--to <time>', 'received before; default: now')
    .option('--sink <names>', 'to these sinks, by comma')
    .option(
      '--reprocess',
      'through the enricher again, by the newest version of the tenant; may make new series',
      false,
    )
    .option('--resume <id>', 'go on with a replay that was interrupted, instead of the options above')
    .option('--json', 'the result as JSON', false)
    .description('Send what was received in a span of time to sinks again; what is there already stays as it is')
  addSendOptions(command).action((options: ReplayOptions) =>
    withSchemas(context, (open) => replay(context, options, open)),
  )
}

async function replay(context: CliContext, options: ReplayOptions, open: KafkaAndSchemas): Promise<void> {
  const pointsPerSecond = parseRate(options.rate)
  const waitMs = parseWait(options.wait)
  const { kafka, schemas } = open
  const plan = options.resume === undefined ? newPlan(options) : await readPlan(kafka, schemas, options.resume)
  const newest = await requireActive(kafka, plan.tenant)
  const ranges = await rangesOf(kafka, plan)
  for (const range of ranges) if (range.trimmed) context.note(trimmedText(range, plan))
  if (options.dryRun) {
    const content = await scan({ ...open, plan, ranges })
    context.print(options.json ? `${JSON.stringify({ ...plan, ranges, ...content })}\n` : contentText(plan, content))
    return
  }
  context.note(`replay ${plan.id}; if it is interrupted: pegel replay --resume ${plan.id}`)
  if (plan.from === 'ingest') context.note(reprocessText(plan, newest))
  const run = { ...open, plan, ranges, pointsPerSecond, version: newest.version }
  const { sent, content } = await audited({ context, kafka, actions: [auditOf(plan)] }, () =>
    sendRanges({ ...run, onSent: ({ records, points }) => context.note(`${records} records, ${points} points sent`) }),
  )
  const outcome = await awaitOutcome({ ...open, replayId: plan.id, sent, startedMs: plan.startedMs, waitMs })
  const whole = { replayId: plan.id, ...sent, ...content, ...outcome }
  context.print(
    options.json ? `${JSON.stringify(whole)}\n` : contentText(plan, content) + formatOutcome(plan.id, outcome),
  )
  const left = content.unreadable + content.foreign
  if (left > 0) throw cliErrors.not_replayed({ ...content, topic: `pegel.${plan.from}.v1`, tenant: plan.tenant })
}

function newPlan({ tenant, from, to, sink, reprocess }: ReplayOptions): ReplayPlan {
  const needed = (option: string, text: string | undefined): string => {
    if (text === undefined) throw cliErrors.bad_option({ option, problem: 'is needed' })
    return text
  }
  const startedMs = Date.now()
  const plan = {
    id: newId('replay', startedMs),
    tenant: needed('--tenant', tenant),
    from: reprocess ? ('ingest' as const) : ('metrics' as const),
    sinks: parseSinks(needed('--sink', sink)),
    fromMs: parseTime('--from', needed('--from', from), startedMs),
    toMs: to === undefined ? startedMs : parseTime('--to', to, startedMs),
    startedMs,
  }
  if (plan.toMs <= plan.fromMs) throw cliErrors.bad_option({ option: '--to', problem: 'is not after --from' })
  return plan
}

function trimmedText({ topic, partition, from }: PlannedRange, { fromMs }: ReplayPlan): string {
  const since = new Date(fromMs).toISOString()
  return `retention has removed ${topic}/${partition} before offset ${from}: what was received since ${since} and stood there cannot be replayed`
}

function reprocessText({ tenant }: ReplayPlan, { version }: PublishedVersion): string {
  return `by version ${version} of ${tenant}'s file: series that its rules make otherwise than before are new series, beside the old ones`
}

function contentText({ tenant, sinks }: ReplayPlan, { records, points, unreadable, foreign }: RangeContent): string {
  const left = unreadable + foreign === 0 ? '' : `; left out: ${unreadable} unreadable, ${foreign} of another tenant`
  return `${records} records, ${points} points of ${tenant} for ${sinks.join(', ')}${left}\n`
}
