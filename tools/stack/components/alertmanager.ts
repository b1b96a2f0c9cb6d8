import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { alertmanagerProgram } from '../install/alertmanager.ts'
import type { ComponentConfig } from '../types.ts'
import type { StartLocal } from './component.ts'
import { expandTemplate } from './expand-template.ts'
import { startLocalHttp } from './local-http.ts'

/** Short waits: someone who watches a demo or a test wants to see the notification. */
export function renderAlertmanagerConfig({ webhookUrl, template }: ComponentConfig = {}): string {
  if (template !== undefined) return expandTemplate(readFileSync(template.file, 'utf8'), template.values)
  const webhook =
    webhookUrl === undefined
      ? []
      : [`    webhook_configs: [{ url: ${JSON.stringify(webhookUrl)}, send_resolved: true }]`]
  return [
    'route:',
    '  receiver: default',
    "  group_by: ['...']",
    '  group_wait: 1s',
    '  group_interval: 5s',
    'receivers:',
    '  - name: default',
    ...webhook,
    '',
  ].join('\n')
}

export const startAlertmanager: StartLocal = async (options) => {
  const { config = {} } = options
  const dataDir = resolve(options.dataDir)
  const command = await alertmanagerProgram(options.which, options.onProgress)
  const configFile = config.configFile === undefined ? join(dataDir, 'alertmanager.yml') : resolve(config.configFile)
  mkdirSync(dataDir, { recursive: true })
  if (config.configFile === undefined) writeFileSync(configFile, renderAlertmanagerConfig(config))
  return startLocalHttp({
    name: 'alertmanager',
    options,
    command,
    args: (port) => [
      `--config.file=${configFile}`,
      `--storage.path=${join(dataDir, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--cluster.listen-address=', // a single one needs no peers, and no port for them
      ...(config.flags ?? []),
    ],
  })
}
