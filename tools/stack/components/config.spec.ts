import { describe, expect, it } from '@jest/globals'
import { parse } from 'yaml'
import { renderAlertmanagerConfig } from './alertmanager.ts'
import { renderServerProperties } from './kafka-properties.ts'
import { renderMosquittoConfig } from './mosquitto.ts'
import { renderPrometheusConfig } from './prometheus-config.ts'

function properties(count: number): Record<string, string> {
  const nodes = Array.from({ length: count }, (_, i) => ({ nodeId: i + 1, port: 100 + i, controllerPort: 200 + i }))
  const text = renderServerProperties({ nodes, nodeId: 1, logDir: '/d/log' })
  return Object.fromEntries(
    text
      .trimEnd()
      .split('\n')
      .map((line) => line.split('=') as [string, string]),
  )
}

describe('server.properties', () => {
  it('describes a lone broker', () => {
    expect(properties(1)).toMatchObject({
      'process.roles': 'broker,controller',
      'controller.quorum.voters': '1@127.0.0.1:200',
      'advertised.listeners': 'CLIENT://127.0.0.1:100',
      'auto.create.topics.enable': 'false',
      'offsets.topic.replication.factor': '1',
      'default.replication.factor': '1',
      'min.insync.replicas': '1',
      'group.initial.rebalance.delay.ms': '0',
      'log.dirs': '/d/log',
    })
  })

  it('keeps three copies, two of them in sync, on three brokers', () => {
    expect(properties(3)).toMatchObject({
      'controller.quorum.voters': '1@127.0.0.1:200,2@127.0.0.1:201,3@127.0.0.1:202',
      'default.replication.factor': '3',
      'min.insync.replicas': '2',
      'offsets.topic.replication.factor': '3',
      'transaction.state.log.min.isr': '2',
    })
  })

  it('refuses a node that is not in the cluster', () => {
    expect(() => renderServerProperties({ nodes: [], nodeId: 1, logDir: '/d' })).toThrow(TypeError)
  })
})

describe('prometheus.yml', () => {
  it('accepts late points and nothing else when nothing is configured', () => {
    expect(parse(renderPrometheusConfig())).toEqual({
      global: { scrape_interval: '5000ms', scrape_timeout: '5000ms', evaluation_interval: '5000ms' },
      storage: { tsdb: { out_of_order_time_window: '2h' } },
    })
  })

  it('has rules, the Alertmanager and scrape targets', () => {
    const config = {
      ruleFiles: ['/rules/*.yml'],
      alertmanager: '127.0.0.1:9093',
      scrape: [{ job: 'a "quoted" job', targets: ['h:1', 'h:2'] }],
      intervalMs: 1000,
    }
    expect(parse(renderPrometheusConfig(config))).toMatchObject({
      global: { evaluation_interval: '1000ms' },
      rule_files: ['/rules/*.yml'],
      alerting: { alertmanagers: [{ static_configs: [{ targets: ['127.0.0.1:9093'] }] }] },
      scrape_configs: [{ job_name: 'a "quoted" job', static_configs: [{ targets: ['h:1', 'h:2'] }] }],
    })
  })

  it('sends what it scrapes, itself included, where it is told to', () => {
    const remoteWrite = {
      url: 'http://g/api/v1/push',
      bearerToken: 'pgl_x',
      message: 'io.prometheus.write.v2.Request',
    } as const
    expect(parse(renderPrometheusConfig({ scrapeSelf: true, remoteWrite }, 'h:9'))).toMatchObject({
      scrape_configs: [{ job_name: 'prometheus', static_configs: [{ targets: ['h:9'] }] }],
      remote_write: [
        {
          url: 'http://g/api/v1/push',
          authorization: { credentials: 'pgl_x' },
          protobuf_message: 'io.prometheus.write.v2.Request',
        },
      ],
    })
  })
})

describe('alertmanager.yml', () => {
  it('sends nothing unless a webhook is given', () => {
    expect(parse(renderAlertmanagerConfig())).toMatchObject({ receivers: [{ name: 'default' }] })
    expect(parse(renderAlertmanagerConfig({ webhookUrl: 'http://h/x' }))).toMatchObject({
      receivers: [{ webhook_configs: [{ url: 'http://h/x', send_resolved: true }] }],
    })
  })
})

describe('mosquitto.conf', () => {
  it('listens on loopback alone and keeps sessions beside its log', () => {
    const lines = renderMosquittoConfig(1883, '/d').split('\n')
    expect(lines).toEqual(expect.arrayContaining(['listener 1883 127.0.0.1', 'persistence true']))
    expect(lines).toContain('persistence_location /d/')
  })
})
