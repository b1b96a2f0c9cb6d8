import type { Host } from '../host.ts'
import type { Collector, HostMetric } from '../observation.ts'

// The conventions have no load average; these are the names of the Collector's hostmetrics receiver.
const LOAD = ['1m', '5m', '15m'].map((span): HostMetric => ({
  name: `system.cpu.load_average.${span}`,
  kind: 'gauge',
  unit: '{thread}',
  int: false,
  description: `Threads running or waiting for a CPU or a disk, averaged over ${span}`,
}))
const UPTIME: HostMetric = {
  name: 'system.uptime',
  kind: 'gauge',
  unit: 's',
  int: false,
  description: 'Time since the system started',
}

/** Windows has no load average: Node gives zeros there, which would be a lie. */
export function createLoadCollector(host: Host): Collector {
  const load = host.platform === 'win32' ? [] : LOAD
  return {
    name: 'load',
    metrics: [...load, UPTIME],
    collect() {
      const averages = host.loadavg()
      const out = load.map((metric, index) => ({ metric, value: averages[index] ?? 0, attributes: {} }))
      return Promise.resolve([...out, { metric: UPTIME, value: host.uptimeSeconds(), attributes: {} }])
    },
  }
}
