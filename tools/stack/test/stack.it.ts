/** Starts, asks and stops each real component, always as local processes. The first run on a machine installs them, InfluxDB for about five minutes. */
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { Kafka, logLevel } from 'kafkajs'
import { ComponentUnavailable, freePort, startComponent, startStack } from '../index.ts'
import type { ComponentName, RunningComponent, StartOptions } from '../index.ts'
import { identify } from '../process/identity.ts'
import { untilResolved } from '../process/wait.ts'
import { temporaryDirectory } from './directory.ts'

const timeoutMs = 900_000
const directory = temporaryDirectory()
const json = { 'content-type': 'application/json' }

/** A machine that cannot have the component says so loudly; a CI machine must have it. */
async function withComponent<T extends RunningComponent>(
  start: () => Promise<T>,
  work: (running: T) => Promise<void>,
): Promise<void> {
  let running
  try {
    running = await start()
  } catch (error) {
    if (!(error instanceof ComponentUnavailable) || process.env.CI === 'true') throw error
    console.warn(`NOT TESTED: ${error.message}`)
    return
  }
  const pids = [...running.pids]
  try {
    await work(running)
  } finally {
    await running.stop()
  }
  expect(pids.filter((pid) => identify(pid) !== undefined)).toEqual([])
}

function options(name: string, more: Partial<StartOptions> = {}): StartOptions {
  return {
    dataDir: join(directory, name),
    onProgress: (line) => process.stderr.write(`${line}\n`),
    local: true,
    ...more,
  }
}

async function text(url: string, init?: RequestInit): Promise<string> {
  const response = await fetch(url, init)
  const body = await response.text()
  expect([url, response.ok, body]).toEqual([url, true, body])
  return body
}

const seen = (url: string, wanted: string, init?: RequestInit) => expect(text(url, init)).resolves.toContain(wanted)

const questions: Partial<Record<ComponentName, (running: RunningComponent) => Promise<void>>> = {
  async elasticsearch({ url }) {
    const settings = {
      'index.mode': 'time_series',
      'index.routing_path': ['host'],
      'index.time_series.start_time': '2026-01-01T00:00:00Z',
      'index.time_series.end_time': '2027-01-01T00:00:00Z',
    }
    const properties = {
      '@timestamp': { type: 'date' },
      host: { type: 'keyword', time_series_dimension: true },
      load: { type: 'double', time_series_metric: 'gauge' },
    }
    const template = { index_patterns: ['points-*'], data_stream: {}, template: { settings, mappings: { properties } } }
    await text(`${url}/_index_template/points`, { method: 'PUT', headers: json, body: JSON.stringify(template) })
    const document = JSON.stringify({ '@timestamp': '2026-03-01T00:00:00Z', host: 'a', load: 0.5 })
    const post = { method: 'POST', headers: json, body: document }
    await seen(`${url}/points-a/_doc?refresh=true&op_type=create`, '"result":"created"', post)
    await seen(`${url}/points-a/_search`, '"load":0.5')
  },
  async influxdb({ url, env }) {
    const headers = { authorization: `Token ${env.PEGEL_INFLUXDB_TOKEN ?? ''}` }
    const org = env.PEGEL_INFLUXDB_ORG ?? ''
    const write = `${url}/api/v2/write?org=${org}&bucket=pegel`
    await text(write, { method: 'POST', headers, body: 'cpu,host=a load=0.5' })
    const body = 'from(bucket: "pegel") |> range(start: -1h)'
    const query = { method: 'POST', headers: { ...headers, 'content-type': 'application/vnd.flux' }, body }
    await seen(`${url}/api/v2/query?org=${org}`, 'load,cpu,a', query)
    const conflict = await fetch(write, { method: 'POST', headers, body: 'cpu,host=a load="text"' })
    expect(conflict.status).toBe(422)
  },
  async victoriametrics({ url }) {
    await text(`${url}/write`, { method: 'POST', body: 'cpu,host=a load=0.5' })
    await seen(`${url}/api/v1/query?query=vector(7)`, '"7"')
  },
  async prometheus({ url }) {
    await seen(`${url}/api/v1/query?query=vector(7)`, '"7"')
    await seen(`${url}/api/v1/status/config`, 'out_of_order_time_window: 2h')
    const write = await fetch(`${url}/api/v1/write`, { method: 'POST', body: 'no snappy' })
    expect(write.status).toBe(400) // 404 without the receiver
  },
  async alertmanager({ url }) {
    const alerts = JSON.stringify([{ labels: { alertname: 'Hot' } }])
    await text(`${url}/api/v2/alerts`, { method: 'POST', headers: json, body: alerts })
    await seen(`${url}/api/v2/alerts`, '"alertname":"Hot"')
  },
}

describe.each(Object.entries(questions))('%s', (name, ask) => {
  it(
    'starts, answers and stops',
    () => withComponent(() => startComponent(name as ComponentName, options(name)), ask),
    timeoutMs,
  )
})

describe('kafka', () => {
  const connect = (url: string) =>
    new Kafka({ brokers: url.split(','), logLevel: logLevel.NOTHING, retry: { retries: 8, initialRetryTime: 100 } })

  async function send(url: string, replicationFactor: number): Promise<void> {
    const admin = connect(url).admin()
    await admin.connect()
    const topics = [{ topic: 'points', numPartitions: 1, replicationFactor }]
    await admin.createTopics({ topics, waitForLeaders: true })
    const producer = connect(url).producer()
    await producer.connect()
    await producer.send({ topic: 'points', acks: -1, messages: [{ value: 'one' }] })
    await producer.disconnect()
    await admin.disconnect()
  }

  async function endOffset(url: string): Promise<string | undefined> {
    const admin = connect(url).admin()
    await admin.connect()
    try {
      return (await admin.fetchTopicOffsets('points'))[0]?.high
    } finally {
      await admin.disconnect()
    }
  }

  it(
    'takes a record, keeps it over a restart, and makes no topic by itself',
    () => {
      const start = () => startComponent('kafka', options('kafka'))
      return withComponent(start, async ({ url, brokers }) => {
        await send(url, 1)
        await brokers[0]?.kill()
        expect(brokers[0]?.alive).toBe(false)
        await brokers[0]?.restart()
        expect(await endOffset(url)).toBe('1')
        const producer = connect(url).producer({ retry: { retries: 0 } })
        await producer.connect()
        await expect(producer.send({ topic: 'unknown', messages: [{ value: 'x' }] })).rejects.toThrow()
        await producer.disconnect()
      })
    },
    timeoutMs,
  )

  it(
    'keeps a record when one of three brokers is killed',
    () => {
      const start = () => startComponent('kafka', options('kafka-3', { brokers: 3 }))
      return withComponent(start, async ({ url, brokers, pids }) => {
        expect(pids).toHaveLength(3)
        await send(url, 3)
        await brokers[0]?.kill()
        // Until the others notice, the dead one may still be named as the leader.
        expect(await untilResolved(() => endOffset(url), { deadlineMs: 30_000 })).toBe('1')
        await brokers[0]?.restart()
        expect(brokers.map(({ alive }) => alive)).toEqual([true, true, true])
      })
    },
    timeoutMs,
  )
})

describe('startStack', () => {
  it(
    'connects Prometheus with the Alertmanager beside it',
    async () => {
      const stack = await startStack(['prometheus', 'alertmanager'], options('stack'))
      try {
        expect(stack.unavailable).toEqual([])
        expect(Object.keys(stack.env).sort()).toEqual(['PEGEL_ALERTMANAGER_URL', 'PEGEL_PROMETHEUS_URL'])
        const host = new URL(stack.env.PEGEL_ALERTMANAGER_URL ?? '').host
        await seen(`${stack.env.PEGEL_PROMETHEUS_URL ?? ''}/api/v1/status/config`, host)
      } finally {
        await stack.stop()
        await stack.stop() // once more does no harm
      }
    },
    timeoutMs,
  )
})

describe('a start that cannot succeed', () => {
  it(
    'names an occupied port',
    async () => {
      const port = await freePort()
      const server = createServer()
      await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
      await expect(startComponent('alertmanager', options('occupied', { port }))).rejects.toThrow(
        `Alertmanager cannot use port ${port}`,
      )
      server.close()
    },
    timeoutMs,
  )

  it(
    'shows the end of the log of a process that ends early',
    async () => {
      const config = { flags: ['--no-such-flag'] }
      await expect(startComponent('alertmanager', options('early', { config }))).rejects.toThrow(
        /ended early \(exit code 1\)[\s\S]*no-such-flag/,
      )
    },
    timeoutMs,
  )
})
