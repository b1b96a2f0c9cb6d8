import type { ComponentConfig } from '../types.ts'

/** YAML takes any JSON string as a quoted scalar. */
const quoted = (text: string) => JSON.stringify(text)

function scrapeConfigs(scrape: ComponentConfig['scrape'] = []): string[] {
  if (scrape.length === 0) return []
  return [
    'scrape_configs:',
    ...scrape.flatMap(({ job, targets }) => [
      `  - job_name: ${quoted(job)}`,
      `    static_configs: [{ targets: [${targets.map(quoted).join(', ')}] }]`,
    ]),
  ]
}

/** prometheus.yml with the out-of-order window that late points of a tenant need: one bad sample rolls a whole request back. */
export function renderPrometheusConfig(config: ComponentConfig = {}): string {
  const { ruleFiles = [], alertmanager, intervalMs = 5_000 } = config
  return [
    'global:',
    `  scrape_interval: ${intervalMs}ms`,
    `  scrape_timeout: ${intervalMs}ms`,
    `  evaluation_interval: ${intervalMs}ms`,
    'storage:',
    '  tsdb:',
    '    out_of_order_time_window: 2h',
    ...(ruleFiles.length === 0 ? [] : ['rule_files:', ...ruleFiles.map((file) => `  - ${quoted(file)}`)]),
    ...(alertmanager === undefined
      ? []
      : ['alerting:', '  alertmanagers:', `    - static_configs: [{ targets: [${quoted(alertmanager)}] }]`]),
    ...scrapeConfigs(config.scrape),
    '',
  ].join('\n')
}
