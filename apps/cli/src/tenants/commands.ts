import { isTenantId, PEGEL_TENANT } from '@pegel/contracts'
import { generateDirectKey, generateKey, hashKey } from '@pegel/tenancy'
import type { Command } from 'commander'
import type { CliContext } from '../context.ts'
import { cliErrors } from '../errors.ts'
import { publishPlan } from './apply.ts'
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
    .action(({ tenant, direct, id }: { tenant?: string; direct: boolean; id: string }) => {
      if (tenant !== undefined) requireTenant(tenant)
      else if (!direct) throw cliErrors.bad_option({ option: '--tenant', problem: 'whom is the key for?' })
      context.print(direct ? directKeyText(id) : keyText(id, tenant ?? ''))
    })
  program
    .command('direct-key')
    .option('--id <name>', 'name of the key in logs', 'direct-1')
    .description('Make an Ed25519 pair for a service that produces to ingest-direct')
    .action(({ id }: { id: string }) => {
      context.print(directKeyText(id))
    })
}

function keyText(id: string, tenant: string): string {
  const key = generateKey()
  const snippet = `credentials:\n  - id: ${id}\n    sha256: ${hashKey(key)}\n`
  return `# The key, shown this once:\n${key}\n\n# For the file of tenant ${tenant}:\n${snippet}`
}

function directKeyText(id: string): string {
  const { publicKey, privateKey } = generateDirectKey()
  const snippet = `direct_keys:\n  - id: ${id}\n    public_key: ${publicKey}\n`
  return `# The private key, shown this once:\n${privateKey}\n\n# For the tenant's file:\n${snippet}`
}

async function apply(context: CliContext, dir: string, options: { prune: boolean; dryRun: boolean }): Promise<void> {
  const checked = await loadTenantFiles(dir, context.note)
  const files = checked.map(({ config, file, text }) => ({ tenant: config.tenant, file, text }))
  await context.withKafka(async (kafka) => {
    const { versions } = await readPublished(kafka)
    const plan = planApply({ files, published: versions, prune: options.prune, nowMs: Date.now() })
    context.print(formatPlan(plan))
    if (!options.dryRun) await publishPlan(kafka, plan)
  })
}

function requireTenant(tenant: string): void {
  if (isTenantId(tenant) && tenant !== PEGEL_TENANT) return
  throw cliErrors.bad_option({ option: '--tenant', problem: `${tenant} is no tenant id, or is reserved` })
}
