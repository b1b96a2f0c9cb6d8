import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import type { CliContext } from '../context.ts'
import { cliErrors } from '../errors.ts'
import type { RunState } from '../run/state.ts'
import { checkService, checkThat, formatHealth, parseTargets } from './checks.ts'
import type { HealthTarget } from './checks.ts'

interface HealthOptions {
  readonly checkAll: boolean
  readonly url: readonly string[]
  readonly timeout: string
}

/** `pegel health`: exit code 1 when anything is not ready. */
export function addHealthCommand(program: Command, context: CliContext): void {
  program
    .command('health')
    .option('--check-all', 'Kafka and every known service', false)
    .option(
      '--url <[name=]address>',
      'a service to ask; may be given again',
      (value, all: string[]) => [...all, value],
      [],
    )
    .option('--timeout <ms>', 'for each check', '3000')
    .description(
      'Ask Kafka and the services (--url, PEGEL_HEALTH_URLS, or those that "pegel run" started) whether they are ready',
    )
    .action(async (options: HealthOptions) => {
      const timeoutMs = Number(options.timeout)
      const targets = [
        ...options.url.flatMap(parseTargets),
        ...(options.url.length === 0 || options.checkAll ? await known(context) : []),
      ]
      const kafka = checkThat('kafka', () => context.withKafka(() => Promise.resolve()), timeoutMs)
      const results = await Promise.all([kafka, ...targets.map((target) => checkService(target, timeoutMs))])
      context.print(formatHealth(results))
      const failed = results.filter(({ ok }) => !ok).length
      if (failed > 0) throw cliErrors.unhealthy({ count: failed, total: results.length })
    })
}

async function known({ env }: CliContext): Promise<readonly HealthTarget[]> {
  if (env.PEGEL_HEALTH_URLS !== undefined && env.PEGEL_HEALTH_URLS !== '') return parseTargets(env.PEGEL_HEALTH_URLS)
  if (env.PEGEL_RUN_STATE === undefined) return []
  try {
    const state = JSON.parse(await readFile(env.PEGEL_RUN_STATE, 'utf8')) as RunState
    return Object.entries(state.services).map(([name, { adminPort }]) => ({
      name,
      // A service that has not said where it listens is not up: the check is to fail, not to be left out.
      url: `http://127.0.0.1:${adminPort ?? 0}/readyz`,
    }))
  } catch {
    // No "pegel run" is known here.
    return []
  }
}
