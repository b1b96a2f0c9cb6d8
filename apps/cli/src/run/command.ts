import { createLogger } from '@pegel/telemetry'
import type { Command } from 'commander'
import type { CliContext } from '../context.ts'
import { cliErrors } from '../errors.ts'
import { RunStateFile } from './state.ts'
import { Supervisor } from './supervisor.ts'
import { resolveTargets } from './targets.ts'

interface RunOptions {
  readonly target: string
  readonly restart: boolean
  readonly drain: string
  readonly apps: string
  readonly state?: string
}

export interface RunHost {
  /** Where the built services are. */
  readonly appsDir: string
  /** Called with the function that stops everything, whenever a signal should call it. */
  readonly onStopSignal: (stop: () => void) => void
}

/** `pegel run`: one child process a service; ends when they have ended. */
export function addRunCommand(program: Command, context: CliContext, host: RunHost): void {
  program
    .command('run')
    .requiredOption('--target <names>', 'services by comma, or all')
    .option('--restart', 'start a service again that ends by itself', false)
    .option('--drain <ms>', 'how long a service may take to end before it is killed', '30000')
    .option('--apps <dir>', 'where the built services are', host.appsDir)
    .option('--state <file>', 'write process ids and ports there', context.env.PEGEL_RUN_STATE)
    .description('Run services, each as a process of its own')
    .action(async (options: RunOptions) => {
      await run(context, host, options)
    })
}

async function run(context: CliContext, host: RunHost, options: RunOptions): Promise<void> {
  const targets = resolveTargets(options.target, options.apps)
  const log = createLogger({ service: 'pegel', destination: { write: context.print } })
  const names = targets.map(({ name }) => name)
  const state = new RunStateFile(options.state, names)
  // Services on one machine cannot share a fixed admin port: each takes a free one and says which.
  const env = targets.length > 1 ? { ...context.env, PEGEL_ADMIN_PORT: '0' } : context.env
  const supervisor = new Supervisor({
    services: targets.map((target) => ({ ...target, env })),
    restart: options.restart,
    drainMs: Number(options.drain),
    log,
    write: (line) => {
      context.print(`${line}\n`)
    },
    onListening: (name, at) => {
      state.listening(name, at)
      if (state.complete) log.info('all services are up', { services: names })
    },
  })
  host.onStopSignal(() => {
    supervisor.stop()
  })
  try {
    const ended = await supervisor.run()
    if (ended !== undefined) throw cliErrors.service_died({ ...ended })
  } finally {
    state.remove()
  }
}
