import { setTimeout as sleep } from 'node:timers/promises'
import { PointsWriter, sealBatch, encodeGroupBlock, encodeSeriesBlock, SIGNATURE_HEADER } from '@pegel/contracts'
import { createKafka } from '@pegel/kafka'
import { createLogger, createMetrics } from '@pegel/telemetry'
import { signRecord } from '@pegel/tenancy'
import { DOOR_CASES } from '../load/cases.ts'
import type { DoorCase } from '../load/cases.ts'
import { senderTo } from '../load/send.ts'
import type { Destination, Sender } from '../load/send.ts'
import type { Child } from '../support/child.ts'

export interface SourcesOrder {
  readonly destination: Destination
  readonly brokers: string
  readonly prefix: string
  readonly tenant: string
  /** Private key of the tenant's direct producer. */
  readonly directKey: string
  readonly requestsPerSecond: number
  readonly points: number
}

/** Requests that were answered with success and that were not, by source. */
export type SourcesResult = Readonly<Record<string, { sent: number; failed: number }>>

interface Source {
  readonly name: string
  send(): Promise<void>
  close(): Promise<void>
}

const LOGS: DoorCase = {
  name: 'logs, JSON lines',
  transport: 'http',
  path: '/api/v1/logs',
  headers: { 'content-type': 'application/x-ndjson' },
  body: (points) =>
    Buffer.from(
      Array.from({ length: points }, (_, index) =>
        JSON.stringify({ timestamp: new Date().toISOString(), level: 'info', message: `request ${index} served` }),
      ).join('\n'),
    ),
}

/** Every protocol at its own pace, each request when its time has come and the one before is answered, until it is told to end. */
export async function sendFromAll(order: SourcesOrder, child: Child): Promise<SourcesResult> {
  const doors = [...DOOR_CASES, LOGS].map((door, client) => overDoor(order, door, client))
  const sources = [...(await Promise.all(doors)), direct(order)]
  const end = { isNear: false }
  void child.over.then(() => (end.isNear = true))
  child.ready()
  const results = await Promise.all(
    sources.map(async (source) => {
      const result = { sent: 0, failed: 0 }
      for (let nextMs = performance.now(); !end.isNear; nextMs += 1000 / order.requestsPerSecond) {
        await sleep(Math.max(0, nextMs - performance.now()))
        // A source that fell behind does not catch up: the pace is what is soaked in.
        nextMs = Math.max(nextMs, performance.now() - 1000)
        await source.send().then(
          () => (result.sent += 1),
          () => (result.failed += 1),
        )
      }
      await source.close()
      return [source.name, result] as const
    }),
  )
  return Object.fromEntries(results)
}

/** Each has series of its own, the same all the time: growth would be of Pegel's own making. */
async function overDoor({ destination, points }: SourcesOrder, door: DoorCase, client: number): Promise<Source> {
  const sender: Sender = await senderTo(destination, door, 1)
  return {
    name: door.name,
    send: () => sender.send(door.body(points, client, Date.now())),
    close: () => sender.close(),
  }
}

/** A service that writes to Kafka itself, with its signature. */
function direct({ brokers, prefix, tenant, directKey, points }: SourcesOrder): Source {
  const log = createLogger({ service: 'soak', level: 'silent' })
  const metrics = createMetrics({ service: 'soak', defaults: false })
  const kafka = createKafka({ brokers: brokers.split(','), clientId: 'soak', prefix, log, metrics })
  const producer = kafka.producer()
  return {
    name: 'signed records',
    async send() {
      const value = directBatch(tenant, points)
      const headers = { [SIGNATURE_HEADER]: signRecord(directKey, Buffer.from(tenant), value) }
      await producer.send([{ topic: 'pegel.ingest-direct.v1', key: tenant, value, headers }])
    },
    close: () => kafka.close(),
  }
}

function directBatch(tenant: string, points: number): Buffer {
  const writer = new PointsWriter()
  const resource = [{ key: 'service.name', value: 'soak-direct' }]
  writer.beginGroup(encodeGroupBlock({ resource, scope: { name: 'soak', version: '', attributes: [] } }))
  for (let index = 0; index < points; index += 1) {
    const attributes = [{ key: 'unit.of.work', value: String(index) }]
    const kind = { kind: 'gauge', temporality: 'unspecified', monotonic: false, unit: '1' } as const
    const block = encodeSeriesBlock({ name: 'soak.direct', ...kind, attributes })
    writer.beginSeries({ fingerprintHi: 0, fingerprintLo: 0, block, startTimeMs: 0, startTimeNs: 0 })
    writer.number(Date.now(), 0, Math.random(), 0)
  }
  const nowMs = Date.now()
  const head = { tenant, batchId: crypto.getRandomValues(Buffer.alloc(16)), configVersion: 1, receivedAtMs: nowMs }
  const counts = { protocol: 'direct', received: points, refused: [], source: null }
  return sealBatch({ ...head, ...counts }, [writer.take()])
}
