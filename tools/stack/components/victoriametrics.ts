import { aptProgram } from '../install/apt.ts'
import type { StartLocal } from './component.ts'
import { startLocalHttp } from './local-http.ts'

/** It keeps duplicates unless told the interval below, and accepts bad lines silently: good for a demo, no judge of a sink. */
export const startVictoriaMetrics: StartLocal = async (options) => {
  const command = await aptProgram({ ...options, component: 'victoriametrics', program: 'victoria-metrics' })
  return startLocalHttp({
    name: 'victoriametrics',
    options,
    command,
    args: (port) => [
      `-httpListenAddr=127.0.0.1:${port}`,
      '-storageDataPath=data',
      '-retentionPeriod=1',
      '-dedup.minScrapeInterval=1ms',
      ...(options.config?.flags ?? []),
    ],
  })
}
