import { readFileSync } from 'node:fs'
import { compilePlan } from '@pegel/alerting'
import type { AlertPlan } from '@pegel/alerting'
import { messageOf } from '@pegel/errors'
import { formatProblem, parseTenantYaml } from '@pegel/tenancy'
import type { CliContext } from '../context.ts'
import { cliErrors } from '../errors.ts'
import { readPublished } from '../tenants/published.ts'

export interface PlanSource {
  /** A file that need not be published yet. */
  readonly file?: string
  readonly tenant?: string
}

/** A tenant's routes and schedules: from a file, without Kafka, or as they are published. */
export async function planOf(context: CliContext, { file, tenant }: PlanSource): Promise<AlertPlan> {
  const text = file === undefined ? await publishedYaml(context, tenant) : read(file)
  const name = file ?? `tenant ${tenant ?? ''}`
  const parsed = parseTenantYaml(text, name)
  if (parsed.ok) return compilePlan(parsed.config.tenant, parsed.config.alerting)
  for (const problem of parsed.problems) context.note(formatProblem(problem))
  throw cliErrors.not_validated({ problem: `${parsed.problems.length} problems in ${name}.` })
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw cliErrors.unreadable_file({ file, problem: messageOf(error) })
  }
}

async function publishedYaml(context: CliContext, tenant: string | undefined): Promise<string> {
  if (tenant === undefined)
    throw cliErrors.bad_option({ option: '--tenant', problem: 'name one, or a file with --file' })
  const { versions } = await context.withKafka(readPublished)
  const newest = versions.filter((each) => each.tenant === tenant).toSorted((a, b) => b.version - a.version)[0]
  if (newest === undefined || newest.deleted)
    throw cliErrors.bad_option({ option: '--tenant', problem: `no tenant ${tenant} is published` })
  return newest.yaml
}
