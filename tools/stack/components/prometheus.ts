import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { aptProgram } from '../install/apt.ts'
import type { StartLocal } from './component.ts'
import { startLocalHttp } from './local-http.ts'
import { renderPrometheusConfig } from './prometheus-config.ts'

export const startPrometheus: StartLocal = async (options) => {
  const { config = {} } = options
  const dataDir = resolve(options.dataDir)
  const command = await aptProgram({ ...options, component: 'prometheus', program: 'prometheus' })
  const configFile = config.configFile === undefined ? join(dataDir, 'prometheus.yml') : resolve(config.configFile)
  mkdirSync(dataDir, { recursive: true })
  if (config.configFile === undefined) writeFileSync(configFile, renderPrometheusConfig(config))
  return startLocalHttp({
    name: 'prometheus',
    options,
    command,
    args: (port) => [
      `--config.file=${configFile}`,
      `--storage.tsdb.path=${join(dataDir, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--web.enable-remote-write-receiver',
      '--web.enable-lifecycle', // POST /-/reload after a rule file was changed
      ...(config.flags ?? []),
    ],
  })
}
