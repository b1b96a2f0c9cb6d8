import type { AuditRecord } from '@pegel/contracts'
import { AUDIT_TOPIC, AuditVerifier } from '@pegel/pipeline'
import type { AuditVerdict } from '@pegel/pipeline'
import type { Command } from 'commander'
import type { CliContext } from '../context.ts'
import { cliErrors } from '../errors.ts'
import { jsonLines } from '../json-lines.ts'
import { withSchemas } from '../schemas.ts'
import type { KafkaAndSchemas } from '../schemas.ts'
import { parseTime } from '../times.ts'
import { formatEvents, formatVerdict, jsonOf } from './print.ts'

interface AuditOptions {
  readonly tenant?: string
  readonly since?: string
  readonly action?: string
  readonly json: boolean
}

/** `pegel audit …`: who did what. */
export function addAuditCommands(program: Command, context: CliContext): void {
  const audit = program.command('audit').description('Who did what: list it, verify that nobody changed it')
  audit
    .command('list')
    .option('--tenant <id>', 'only this tenant')
    .option('--since <time>', 'how far back: a duration such as 2h, or an ISO time')
    .option('--action <name>', 'only this action, or all that begin with it: tenants')
    .option('--json', 'every event as a line of JSON', false)
    .description('Events of the audit topic, oldest first')
    .action(async (options: AuditOptions) => {
      const { events } = await withSchemas(context, readAudit)
      const wanted = events.filter(filterOf(options))
      context.print(options.json ? jsonLines(wanted.map(jsonOf)) : formatEvents(wanted))
    })
  audit
    .command('verify')
    .option('--json', 'the verdict as JSON', false)
    .description('Check every chain of hashes; exit code 1 when an event was changed or removed')
    .action(async ({ json }: Pick<AuditOptions, 'json'>) => {
      const { verdict } = await withSchemas(context, readAudit)
      context.print(json ? `${JSON.stringify(verdict)}\n` : formatVerdict(verdict))
      if (verdict.problems.length > 0) throw cliErrors.audit_broken({ problems: verdict.problems.length })
    })
}

interface ReadAudit {
  readonly events: readonly AuditRecord[]
  readonly verdict: AuditVerdict
}

async function readAudit({ kafka, schemas }: KafkaAndSchemas): Promise<ReadAudit> {
  const [range] = await kafka.offsets(AUDIT_TOPIC)
  const earliest = range?.earliest ?? 0
  const verifier = new AuditVerifier({ earliest, schemas })
  const events: AuditRecord[] = []
  const reader = await kafka.readAll(AUDIT_TOPIC, (record) => {
    const event = verifier.add(record)
    if (event !== undefined) events.push(event)
  })
  await reader.caughtUp
  await reader.close()
  return { events, verdict: verifier.verdict() }
}

function filterOf({ tenant, since, action }: AuditOptions): (event: AuditRecord) => boolean {
  const sinceMs = since === undefined ? 0 : parseTime('--since', since)
  return (event) =>
    (tenant === undefined || event.tenant === tenant) &&
    event.atMs >= sinceMs &&
    (action === undefined || event.action === action || event.action.startsWith(`${action}.`))
}
