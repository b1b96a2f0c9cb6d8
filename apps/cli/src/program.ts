import { PegelError, messageOf } from '@pegel/errors'
import { Command, CommanderError } from 'commander'
import type { CliContext } from './context.ts'
import { addAlertCommands } from './alerts/command.ts'
import { addOnCallCommands } from './alerts/on-call-command.ts'
import { addAnomaliesCommand } from './anomalies/command.ts'
import { addAuditCommands } from './audit/command.ts'
import { addDeadLetterCommands } from './dead-letters/command.ts'
import { addDetectCommand } from './detect/command.ts'
import { addHealthCommand } from './health/command.ts'
import { addLaneCommands } from './lanes/command.ts'
import { addLedgerCommand } from './ledger/command.ts'
import { addReplayCommand } from './replay/command.ts'
import { addRunCommand } from './run/command.ts'
import type { RunHost } from './run/command.ts'
import { addTenantCommands } from './tenants/commands.ts'
import { addTopicCommands } from './topics.ts'

/** Wrong usage; 1 is for everything else that failed. */
const EXIT_USAGE = 2
const TOPICS_HINT = 'Services create the topics when they start; without one, run: pegel topics create'

/** Runs one command line and resolves with the exit code. Errors go to `note` as `error <code>: <message>`. */
export async function runProgram(args: readonly string[], context: CliContext, host: RunHost): Promise<number> {
  const program = new Command('pegel')
    .description('Multi-tenant metrics over Kafka: tenants, books, services')
    .exitOverride()
    .configureOutput({ writeOut: context.print, writeErr: (text) => context.note(text.trimEnd()) })
  addTenantCommands(program, context)
  addLedgerCommand(program, context, host)
  addAlertCommands(program, context)
  addAnomaliesCommand(program, context, host)
  addAuditCommands(program, context)
  addDeadLetterCommands(program, context)
  addDetectCommand(program, context)
  addHealthCommand(program, context)
  addLaneCommands(program, context)
  addOnCallCommands(program, context)
  addReplayCommand(program, context)
  addRunCommand(program, context, host)
  addTopicCommands(program, context)
  try {
    await program.parseAsync(args, { from: 'user' })
    return 0
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE
    context.note(`error ${error instanceof PegelError ? error.code : 'cli.internal'}: ${messageOf(error)}`)
    if (error instanceof PegelError && error.code === 'kafka.topic_missing') context.note(TOPICS_HINT)
    if (!(error instanceof PegelError) && error instanceof Error) context.note(error.stack ?? '')
    return 1
  }
}
