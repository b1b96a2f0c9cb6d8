import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { settingRows } from '@pegel/testing'
import { channelSettings } from './channels/settings.ts'
import { routerConfig } from './config.ts'
import { ROUTER_METRICS } from './router-metrics.ts'

const read = (path: string): string => readFileSync(`apps/alert-router/${path}`, 'utf8').replaceAll(/ +/g, ' ')
const readme = read('README.md')
const names = Object.keys(channelSettings)
const own = settingRows(routerConfig).filter((row) => !names.some((name) => row.startsWith(`| \`${name}\``)))

describe('README.md', () => {
  it.each(own)('has the setting %s', (row) => {
    expect(readme).toContain(row)
  })

  it.each(names)('of the channels names the setting %s', (name) => {
    expect(read('src/channels/README.md')).toContain(`\`${name}\``)
  })

  it.each(ROUTER_METRICS.map(({ name }) => name))('has the metric %s', (name) => {
    const short = name.replace('pegel_alert_router', '…')
    expect(readme.includes(`\`${name}`) || readme.includes(`\`${short}`)).toBe(true)
  })
})
