import type { ComponentConfig } from '../types.ts'

/** YAML takes any JSON string as a quoted scalar. */
const quoted = (text: string) => JSON.stringify(text)

function scrapeConfigs(scrape: NonNullable<ComponentConfig['scrape']>): string[] {
  if (scrape.length === 0) return []
  return [
    'scrape_configs:',
    ...scrape.flatMap(({ job, targets, labels = {} }) => [
      `  - job_name: ${quoted(job)}`,
      `    static_configs: [{ targets: [${targets.map(quoted).join(', ')}], labels: ${JSON.stringify(labels)} }]`,
    ]),
  ]
}

function remoteWrite({ remoteWrite: to }: ComponentConfig): string[] {
  if (to === undefined) return []
  return [
    'remote_write:',
    `  - url: ${quoted(to.url)}`,
    `    authorization: { credentials: ${quoted(to.bearerToken)} }`,
    ...(to.message === undefined ? [] : [`    protobuf_message: ${quoted(to.message)}`]),
    '    send_exemplars: true',
    '    send_native_histograms: true',
    '    queue_config: { batch_send_deadline: 200ms, min_backoff: 50ms, retry_on_http_429: true }',
    '    metadata_config: { send_interval: 1s }',
  ]
}

/** prometheus.yml with the out-of-order window that late points of a tenant need: one bad sample rolls a whole request back. */
export function renderPrometheusConfig(config: ComponentConfig = {}, self?: string): string {
  const { ruleFiles = [], alertmanager, intervalMs = 5_000, scrape = [], scrapeSelf = false } = config
  const own = scrapeSelf && self !== undefined ? [{ job: 'prometheus', targets: [self] }] : []
  return [
    'global:',
    `  scrape_interval: ${intervalMs}ms`,
    `  scrape_timeout: ${intervalMs}ms`,
    `  evaluation_interval: ${intervalMs}ms`,
    ...(config.scrapeNativeHistograms === true ? ['  scrape_native_histograms: true'] : []),
    'storage:',
    '  tsdb:',
    '    out_of_order_time_window: 2h',
    ...(ruleFiles.length === 0 ? [] : ['rule_files:', ...ruleFiles.map((file) => `  - ${quoted(file)}`)]),
    ...(alertmanager === undefined
      ? []
      : ['alerting:', '  alertmanagers:', `    - static_configs: [{ targets: [${quoted(alertmanager)}] }]`]),
    ...scrapeConfigs([...own, ...scrape]),
    ...remoteWrite(config),
    '',
  ].join('\n')
}
