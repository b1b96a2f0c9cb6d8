import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { aptProgram } from '../install/apt.ts'
import { prometheus3Program } from '../install/prometheus3.ts'
import { loopback } from '../process/ports.ts'
import type { ComponentConfig } from '../types.ts'
import type { LocalOptions, StartLocal } from './component.ts'
import { expandTemplate } from './expand-template.ts'
import { startLocalHttp } from './local-http.ts'
import { renderPrometheusConfig } from './prometheus-config.ts'

/** Debian's, of series 2. */
export const startPrometheus: StartLocal = async (options) => {
  return start('prometheus', options, await aptProgram({ ...options, component: 'prometheus', program: 'prometheus' }))
}

/** Of series 3: sends and receives remote write 2.0, takes native histograms. */
export const startPrometheus3: StartLocal = async (options) => {
  return start('prometheus3', options, await prometheus3Program(options.which, options.onProgress))
}

function start(name: 'prometheus' | 'prometheus3', options: LocalOptions, command: string): ReturnType<StartLocal> {
  const { config = {} } = options
  const dataDir = resolve(options.dataDir)
  const configFile = config.configFile === undefined ? join(dataDir, 'prometheus.yml') : resolve(config.configFile)
  mkdirSync(dataDir, { recursive: true })
  return startLocalHttp({
    name,
    options,
    command,
    args: (port) => {
      const address = `${loopback}:${port}`
      if (config.configFile === undefined) writeFileSync(configFile, render(config, port))
      return [
        `--config.file=${configFile}`,
        `--storage.tsdb.path=${join(dataDir, 'data')}`,
        `--web.listen-address=${address}`,
        '--web.enable-remote-write-receiver',
        '--web.enable-lifecycle', // POST /-/reload after a rule file was changed
        ...(config.flags ?? []),
      ]
    },
  })
}

function render(config: ComponentConfig, port: number): string {
  if (config.template === undefined) return renderPrometheusConfig(config, `${loopback}:${port}`)
  const { file, values } = config.template
  return expandTemplate(readFileSync(file, 'utf8'), { ...values, PROMETHEUS_PORT: String(port) })
}
