import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { clientEnvironment, variables } from '../environment.ts'
import { mosquittoPrograms } from '../install/mosquitto.ts'
import { probeMqtt } from '../probe/mqtt.ts'
import { choosePort, loopback } from '../process/ports.ts'
import { startService } from '../process/service.ts'
import type { StartLocal } from './component.ts'

/** One listener on loopback that anybody may use; sessions and unacknowledged messages survive a restart. */
export function renderMosquittoConfig(port: number, dataDir: string): string {
  // Started by root it would become another user, who may not write here.
  const user = process.getuid?.() === 0 ? ['user root'] : []
  return [
    ...user,
    `listener ${port} ${loopback}`,
    'allow_anonymous true',
    'persistence true',
    `persistence_location ${dataDir}/`,
    'autosave_interval 1',
    'autosave_on_changes true',
    'log_dest stderr',
    'log_type all',
    '',
  ].join('\n')
}

export const startMosquitto: StartLocal = async (options) => {
  const { broker, env } = await mosquittoPrograms(options.which, options.onProgress)
  const dataDir = resolve(options.dataDir)
  const { label } = variables.mosquitto
  const port = await choosePort(label, options.port)
  const url = `mqtt://${loopback}:${port}`
  const configFile = join(dataDir, 'mosquitto.conf')
  mkdirSync(dataDir, { recursive: true })
  if (options.config?.configFile === undefined) writeFileSync(configFile, renderMosquittoConfig(port, dataDir))
  const service = await startService({
    name: 'mosquitto',
    label,
    command: broker,
    args: ['-c', options.config?.configFile ?? configFile, ...(options.config?.flags ?? [])],
    env,
    dataDir,
    background: options.background,
    probe: () => probeMqtt(url),
    deadlineMs: 20_000,
  })
  return {
    name: 'mosquitto',
    from: 'local',
    env: clientEnvironment('mosquitto', url),
    url,
    pids: [service.pid],
    logFile: service.logFile,
    stop: () => service.stop(),
  }
}
