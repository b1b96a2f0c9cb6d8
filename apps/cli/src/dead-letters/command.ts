import type { AuditAction } from '@pegel/pipeline'
import type { Command } from 'commander'
import { audited } from '../audit/audited.ts'
import type { CliContext } from '../context.ts'
import { cliErrors } from '../errors.ts'
import { jsonLines } from '../json-lines.ts'
import { addSendOptions, newId, parseRate } from '../replay/options.ts'
import type { SendOptions } from '../replay/options.ts'
import { awaitOutcome, formatOutcome } from '../replay/outcomes.ts'
import { dropLetters } from './drop.ts'
import { formatLetter, formatLetters, idOf } from './print.ts'
import { readLetters, withLetters } from './read.ts'
import type { OpenLetters } from './read.ts'
import { decodeLetter } from './refused-points.ts'
import { canReplay, replayLetters } from './replay.ts'
import { parseWait } from '../times.ts'
import { limitOf, selectLetters } from './select.ts'
import type { LetterOptions } from './select.ts'

interface PrintOptions extends LetterOptions {
  readonly json: boolean
}

interface ActOptions extends PrintOptions {
  readonly dryRun: boolean
}

type ReplayOptions = PrintOptions & SendOptions

/** `pegel dead-letters …`: what was refused for good. */
export function addDeadLetterCommands(program: Command, context: CliContext): void {
  const letters = program.command('dead-letters').description('What was refused for good: list, show, replay, drop')
  filters(letters.command('list'), '100')
    .option('--all', 'settled ones, too', false)
    .description('Open letters, oldest first')
    .action((options: PrintOptions) => list(context, options))
  filters(letters.command('show'), '10')
    .option('--all', 'settled ones, too', false)
    .description('The refused points of letters: series, labels, time, value, reason, message')
    .action((options: PrintOptions) => show(context, options))
  addSendOptions(filters(letters.command('replay')))
    .description('Send source records to the sinks that refused them, after the cause was mended')
    .action((options: ReplayOptions) => replay(context, options))
  filters(letters.command('drop'))
    .option('--dry-run', 'say what would be given up, and do nothing', false)
    .option('--yes', 'yes, give them up for good', false)
    .description('Give letters up: they no longer count as open')
    .action((options: ActOptions & { readonly yes: boolean }) => drop(context, options))
}

function filters(command: Command, limit?: string): Command {
  return command
    .option('--tenant <id>', 'only this tenant')
    .option('--sink <name>', 'only this sink')
    .option('--stage <name>', 'only this stage: enricher or sink')
    .option('--reason <code>', 'only letters with this reason')
    .option('--from <time>', 'written since: a duration such as 2h, or an ISO time')
    .option('--to <time>', 'written before')
    .option('--id <place...>', 'these letters (3@17), or those of these source records (topic/partition@offset)')
    .option('--limit <count>', 'at most so many', limit)
    .option('--json', 'lines of JSON', false)
}

function list(context: CliContext, options: PrintOptions): Promise<void> {
  return withLetters(context, options.tenant, ({ letters }) => {
    const all = selectLetters(letters, { ...options, limit: undefined })
    const chosen = all.slice(0, limitOf(options))
    context.print(options.json ? jsonLines(chosen) : formatLetters(chosen, all.length))
    return Promise.resolve()
  })
}

function show(context: CliContext, options: PrintOptions): Promise<void> {
  return withLetters(context, options.tenant, async (open) => {
    for await (const { summary, letter } of readLetters(open, selectLetters(open.letters, options))) {
      const decoded = decodeLetter(letter, open.schemas)
      context.print(options.json ? jsonLines([{ ...summary, ...decoded }]) : `${formatLetter(summary, decoded)}\n`)
    }
  })
}

function replay(context: CliContext, options: ReplayOptions): Promise<void> {
  const pointsPerSecond = parseRate(options.rate)
  const waitMs = parseWait(options.wait)
  return withLetters(context, options.tenant, async (open) => {
    const selected = selectLetters(open.letters, options)
    const chosen = selected.filter(canReplay)
    const left = selected.length - chosen.length
    if (left > 0) context.note(`${left} letters cannot be sent again: they have no value, or are nobody's`)
    if (options.dryRun || chosen.length === 0) {
      context.print(options.json ? jsonLines(chosen) : formatLetters(chosen, chosen.length))
      return
    }
    const [replayId, startedMs] = [newId('replay'), Date.now()]
    const actions = actionsOf('dead_letters.replay', { id: replayId, chosen, options })
    const sent = await audited({ context, kafka: open.kafka, actions }, () =>
      replayLetters(context, { open, chosen, replayId, pointsPerSecond }),
    )
    const outcome = await awaitOutcome({ ...open, replayId, sent, startedMs, waitMs })
    context.print(options.json ? jsonLines([{ replayId, ...sent, ...outcome }]) : formatOutcome(replayId, outcome))
  })
}

function drop(context: CliContext, options: ActOptions & { readonly yes: boolean }): Promise<void> {
  return withLetters(context, options.tenant, async (open) => {
    const chosen = selectLetters(open.letters, options)
    if (options.dryRun || chosen.length === 0) {
      context.print(options.json ? jsonLines(chosen) : formatLetters(chosen, chosen.length))
      return
    }
    if (!options.yes)
      throw cliErrors.bad_option({
        option: '--yes',
        problem: `gives up ${chosen.length} letters for good; look with --dry-run`,
      })
    const id = newId('drop')
    const actions = actionsOf('dead_letters.drop', { id, chosen, options })
    const dropped = await audited({ context, kafka: open.kafka, actions }, () =>
      dropLetters(context, { open, chosen, id }),
    )
    context.print(options.json ? jsonLines([{ id, dropped }]) : `${dropped} letters dropped\n`)
  })
}

interface Acted {
  readonly id: string
  readonly chosen: OpenLetters['letters']
  readonly options: LetterOptions
}

/** One event a tenant, with the filters that chose the letters. */
function actionsOf(action: string, { id, chosen, options }: Acted): readonly AuditAction[] {
  const { sink, stage, reason, from, to, limit, id: places = [] } = options
  const given = Object.entries({ sink, stage, reason, from, to, limit })
  const named = given.flatMap(([name, text]) => (text === undefined ? [] : [[name, text] as const]))
  return [...Map.groupBy(chosen, ({ tenant }) => tenant)].map(([tenant, letters]) => ({
    action,
    tenant,
    target: id,
    parameters: {
      ...Object.fromEntries(named),
      letters: letters.length,
      ids: (places.length > 0 ? places : letters.slice(0, 20).map(idOf)).join(),
    },
  }))
}
