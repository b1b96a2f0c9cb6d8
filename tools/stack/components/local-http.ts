import { variables } from '../environment.ts'
import { probeHttp } from '../probe/http.ts'
import { choosePort, loopback } from '../process/ports.ts'
import { startService } from '../process/service.ts'
import type { ComponentName, RunningComponent } from '../types.ts'
import type { LocalOptions } from './component.ts'

export interface LocalHttpOptions {
  name: ComponentName
  options: LocalOptions
  command: string
  args: (port: number) => string[]
  env?: NodeJS.ProcessEnv
  deadlineMs?: number
}

/** One process that serves HTTP on one port: every component but Kafka. */
export async function startLocalHttp(local: LocalHttpOptions): Promise<RunningComponent> {
  const { name, options, command, args, env } = local
  const { label, address } = variables[name]
  const port = await choosePort(label, options.port)
  const url = `http://${loopback}:${port}`
  const service = await startService({
    name,
    label,
    command,
    args: args(port),
    dataDir: options.dataDir,
    background: options.background,
    probe: () => probeHttp(name, url),
    deadlineMs: local.deadlineMs ?? 60_000,
    ...(env === undefined ? {} : { env }),
  })
  return {
    name,
    from: 'local',
    env: { [address]: url },
    url,
    pids: [service.pid],
    logFile: service.logFile,
    stop: () => service.stop(),
  }
}
