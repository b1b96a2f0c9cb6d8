import { isTenantId, PEGEL_TENANT } from '@pegel/contracts'
import type { AuditAction } from '@pegel/pipeline'
import { generateDirectKey, generateKey, hashKey } from '@pegel/tenancy'
import type { Command } from 'commander'
import { audited } from '../audit/audited.ts'
import type { CliContext } from '../context.ts'
import { cliErrors } from '../errors.ts'
import { publishPlan } from './apply.ts'
import { auditOf } from './audit.ts'
import { loadTenantFiles } from './files.ts'
import { planApply } from './plan.ts'
import { formatPlan, formatTenants } from './print.ts'
import { readPublished } from './published.ts'

/** `pegel tenants …` and `pegel direct-key`. */
export function addTenantCommands(program: Command, context: CliContext): void {
  const tenants = program.command('tenants').description('Tenant files: check, publish, list, keys')
  tenants
    .command('validate')
    .argument('<dir>', 'directory of tenant files')
    .description('Check all files and name every problem at once')
    .action(async (dir: string) => {
      const files = await loadTenantFiles(dir, context.note)
      context.print(`${files.length} tenant files are valid\n`)
    })
  tenants
    .command('apply')
    .argument('<dir>', 'directory of tenant files')
    .option('--prune', 'delete published tenants that have no file', false)
    .option('--dry-run', 'print the plan and publish nothing', false)
    .description('Publish what has changed; running services take it over at once')
    .action(async (dir: string, options: { prune: boolean; dryRun: boolean }) => {
      await apply(context, dir, options)
    })
  tenants
    .command('list')
    .description('Newest published version of every tenant')
    .action(async () => {
      const { versions } = await context.withKafka(readPublished)
      context.print(formatTenants(versions))
    })
  addKeyCommands(program, tenants, context)
}

function addKeyCommands(program: Command, tenants: Command, context: CliContext): void {
  tenants
    .command('key')
    .option('--tenant <id>', 'whom the key is for')
    .option('--direct', 'an Ed25519 pair for ingest-direct instead, as direct-key does', false)
    .option('--id <name>', 'name of the key in logs', 'key-1')
    .description('Make a key; it is shown once and stored nowhere')
    .action(async ({ tenant, direct, id }: { tenant?: string; direct: boolean; id: string }) => {
      if (tenant !== undefined) requireTenant(tenant)
      else if (!direct) throw cliErrors.bad_option({ option: '--tenant', problem: 'whom is the key for?' })
      await giveKey(context, direct ? makeDirectKey(id, tenant) : makeKey(id, tenant ?? ''))
    })
  program
    .command('direct-key')
    .option('--id <name>', 'name of the key in logs', 'direct-1')
    .description('Make an Ed25519 pair for a service that produces to ingest-direct')
    .action(async ({ id }: { id: string }) => {
      await giveKey(context, makeDirectKey(id))
    })
}

interface NewKey {
  readonly text: string
  readonly action: AuditAction
}

/** Shows the key once the audit knows of it. A key is worth nothing before a tenant's file names it, so it may also be made without Kafka. */
async function giveKey(context: CliContext, { text, action }: NewKey): Promise<void> {
  if ((context.env.PEGEL_KAFKA_BROKERS ?? '') === '')
    context.note('not in the audit topic, since PEGEL_KAFKA_BROKERS is not set')
  else await context.withKafka((kafka) => audited({ context, kafka, actions: [action] }, () => Promise.resolve()))
  context.print(text)
}

function makeKey(id: string, tenant: string): NewKey {
  const key = generateKey()
  const sha256 = hashKey(key)
  const snippet = `credentials:\n  - id: ${id}\n    sha256: ${sha256}\n`
  return {
    text: `# The key, shown this once:\n${key}\n\n# For the file of tenant ${tenant}:\n${snippet}`,
    action: { action: 'keys.create', tenant, target: id, parameters: { sha256 } },
  }
}

function makeDirectKey(id: string, tenant: string = PEGEL_TENANT): NewKey {
  const { publicKey, privateKey } = generateDirectKey()
  const snippet = `direct_keys:\n  - id: ${id}\n    public_key: ${publicKey}\n`
  return {
    text: `# The private key, shown this once:\n${privateKey}\n\n# For the tenant's file:\n${snippet}`,
    action: { action: 'direct_keys.create', tenant, target: id, parameters: { public_key: publicKey } },
  }
}

async function apply(context: CliContext, dir: string, options: { prune: boolean; dryRun: boolean }): Promise<void> {
  const checked = await loadTenantFiles(dir, context.note)
  const files = checked.map(({ config, file, text }) => ({ tenant: config.tenant, file, text }))
  await context.withKafka(async (kafka) => {
    const { versions } = await readPublished(kafka)
    const plan = planApply({ files, published: versions, prune: options.prune, nowMs: Date.now() })
    context.print(formatPlan(plan))
    if (options.dryRun) return
    const actions = plan.changes.map((change) => auditOf(change, versions))
    await audited({ context, kafka, actions }, () => publishPlan(kafka, plan))
  })
}

function requireTenant(tenant: string): void {
  if (isTenantId(tenant)) return
  throw cliErrors.bad_option({ option: '--tenant', problem: `${tenant} is no tenant id` })
}
