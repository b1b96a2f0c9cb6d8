import { describe, expect, it } from '@jest/globals'
import { decodeRecord, NO_COUNTS } from '@pegel/contracts'
import type { LedgerRow } from '@pegel/contracts'
import type {
  CommitRequest,
  ConsumerHandlers,
  KafkaPort,
  KafkaRecord,
  OutgoingRecord,
  TopicPartition,
} from '@pegel/kafka'
import { createMetrics } from '@pegel/telemetry'
import { eventually } from '@pegel/testing'
import { FakeLog } from '../test/support/fake-log.ts'
import { metricsRecord, quiet, stored, TENANT, tenantsOf } from '../test/sink-fixtures.ts'
import { runSink } from './run-sink.ts'
import type { SinkRunner } from './run-sink.ts'
import type { Sink } from './sink.ts'

const PARTITIONS: readonly TopicPartition[] = [{ topic: 'pegel.metrics.v1', partition: 0 }]

/** The port as the runner sees it; the real one is under the sinks' contract tests. */
class PortDouble {
  readonly commits: (readonly [offset: number, epoch: number])[] = []
  readonly produced: OutgoingRecord[] = []
  readonly log: string[] = []
  readonly topics = new FakeLog()
  handlers: ConsumerHandlers | undefined
  healthy = true

  asPort(): KafkaPort {
    const producer = {
      send: (records: readonly OutgoingRecord[]) => {
        this.produced.push(...records)
        return this.topics.send(records)
      },
      bytesInFlight: 0,
      close: () => Promise.resolve(void this.log.push('producer closed')),
    }
    const port = {
      ...this.topics.port,
      producer: () => producer,
      consumer: ({ handlers }: { readonly handlers: ConsumerHandlers }) => {
        this.handlers = handlers
        return this.#consumer()
      },
      check: () => Promise.resolve(),
    }
    return port as unknown as KafkaPort
  }

  /** Rows that were written to the ledger. */
  rows(): readonly LedgerRow[] {
    const entries = this.produced.filter(({ topic }) => topic === 'pegel.ledger.v1')
    return entries.flatMap(({ value }) => decodeRecord('LedgerEntry', value ?? Buffer.alloc(0)).rows)
  }

  assign(epoch: number): void {
    this.handlers?.onAssigned({ epoch, partitions: PARTITIONS })
  }

  deliver(epoch: number, records: readonly KafkaRecord[]): void {
    this.handlers?.onBatch({ topic: 'pegel.metrics.v1', partition: 0, epoch, records, highWatermark: 99 })
  }

  #consumer(): ReturnType<KafkaPort['consumer']> {
    const healthy = (): boolean => this.healthy
    return {
      start: () => {
        this.assign(1)
        return Promise.resolve()
      },
      pause: () => this.log.push('pause'),
      resume: () => this.log.push('resume'),
      commit: (offsets: readonly CommitRequest[], epoch: number) => {
        this.commits.push(...offsets.map(({ offset }) => [offset, epoch] as const))
        return Promise.resolve()
      },
      close: () => Promise.resolve(void this.log.push('consumer closed')),
      confirmedAtMs: Infinity,
      get healthy() {
        return healthy()
      },
    }
  }
}

interface Setup {
  readonly port: PortDouble
  readonly runner: SinkRunner
  readonly metrics: ReturnType<typeof createMetrics>
}

function setup(sink: Partial<Sink> = {}): Setup {
  const port = new PortDouble()
  const metrics = createMetrics({ service: 'test', defaults: false })
  const runner = runSink({
    name: 'prometheus',
    kafka: port.asPort(),
    tenants: tenantsOf(TENANT),
    log: quiet,
    metrics,
    instance: 'sink-1',
    limits: { commitIntervalMs: 5, retryBaseMs: 5, retryMaxMs: 10 },
    sink: {
      write: (batch) => Promise.resolve(stored(batch)),
      check: () => Promise.resolve(),
      close: () => Promise.resolve(void port.log.push('sink closed')),
      ...sink,
    },
  })
  return { port, runner, metrics }
}

describe('runSink', () => {
  it('writes, books and commits', async () => {
    const { port, runner, metrics } = setup()
    await runner.start()
    port.deliver(1, [metricsRecord({ offset: 0 }), metricsRecord({ offset: 1, key: 'other' })])
    await eventually(() => expect(port.commits).toEqual([[2, 1]]))
    const rows = port.produced.flatMap(({ topic, value }) =>
      topic === 'pegel.ledger.v1' && value !== null ? decodeRecord('LedgerEntry', value).rows : [],
    )
    expect(rows.map(({ tenant, counts, unreadable }) => [tenant, counts?.delivered, unreadable])).toEqual(
      expect.arrayContaining([
        [TENANT, 2, 0],
        ['pegel', 0, 1],
      ]),
    )
    expect(port.produced.some(({ topic }) => topic === 'pegel.dead-letters.v1')).toBe(true)
    const text = await metrics.expose()
    expect(text).toContain(
      `pegel_sink_points_total{sink="prometheus",outcome="delivered",tenant="${TENANT}",service="test"} 2`,
    )
    expect(text).toMatch(/pegel_sink_freshness_seconds_count\{[^}]*tenant="acme"[^}]*\} 1/)
    expect(text).toMatch(/pegel_sink_write_duration_seconds_count\{[^}]*result="ok"[^}]*\} 1/)
    await runner.stop(1_000)
  })

  it('after a rebalance, commits nothing of the assignment before', async () => {
    const signals: AbortSignal[] = []
    const { port, runner } = setup({
      write: (batch, signal) => {
        signals.push(signal)
        return signals.length === 1 ? new Promise(() => undefined) : Promise.resolve(stored(batch))
      },
    })
    await runner.start()
    port.deliver(1, [metricsRecord({ offset: 0 })])
    await eventually(() => expect(signals).toHaveLength(1))
    port.handlers?.onRevoked(1)
    expect(signals[0]?.aborted).toBe(true)
    port.assign(2)
    port.deliver(1, [metricsRecord({ offset: 0 })])
    port.deliver(2, [metricsRecord({ offset: 0 })])
    await eventually(() => expect(port.commits).toEqual([[1, 2]]))
    expect(signals).toHaveLength(2)
    await runner.stop(1_000)
  })

  it('gives an assignment up for a new one that comes without a warning', async () => {
    const { port, runner } = setup({ write: () => new Promise(() => undefined) })
    await runner.start()
    port.deliver(1, [metricsRecord()])
    port.assign(2)
    expect(port.commits).toEqual([])
    await runner.stop(200)
  })

  it('waits with everything while the backend is down, over a rebalance too', async () => {
    let up = false
    let writes = 0
    const { port, runner, metrics } = setup({
      check: () => (up ? Promise.resolve() : Promise.reject(new Error('refused'))),
      write: (batch) => {
        writes += 1
        return Promise.resolve(stored(batch))
      },
    })
    await runner.start()
    port.assign(2)
    port.deliver(2, [metricsRecord()])
    expect(await metrics.expose()).toMatch(/pegel_sink_backend_up\{[^}]*\} 0/)
    expect(await metrics.expose()).toMatch(/pegel_sink_paused_partitions\{[^}]*\} 1/)
    expect(writes).toBe(0)
    up = true
    await eventually(() => expect(port.commits).toEqual([[1, 2]]))
    expect(port.log).toEqual(['pause', 'pause', 'resume'])
    await runner.stop(1_000)
  })

  it('hands its partitions to a sink that keeps state, before the first write', async () => {
    const log: string[] = []
    const { port, runner } = setup({
      assigned: (partitions) => Promise.resolve(void log.push(`assigned ${partitions.join(',')}`)),
      write: (batch) => {
        log.push('write')
        return Promise.resolve(stored(batch))
      },
    })
    await runner.start()
    port.deliver(1, [metricsRecord()])
    await eventually(() => expect(log).toEqual(['assigned 0', 'write']))
    await runner.stop(1_000)
  })

  it('counts and books what retention removed before it was read', async () => {
    const { port, runner, metrics } = setup()
    await runner.start()
    port.handlers?.onGap({ topic: 'pegel.metrics.v1', partition: 0, from: 10, to: 25 })
    expect(await metrics.expose()).toMatch(/pegel_sink_expired_records_total\{[^}]*partition="0"[^}]*\} 15/)
    await eventually(() =>
      expect(port.rows()).toEqual([
        expect.objectContaining({
          ...{ tenant: 'pegel', topic: 'pegel.metrics.v1', partition: 0, offset: 10 },
          counts: { ...NO_COUNTS, expired: 15 },
        }),
      ]),
    )
    await runner.stop(1_000)
  })

  it('is ready when Kafka, its group and the backend are', async () => {
    const { port, runner } = setup({ check: () => Promise.reject(new Error('refused')) })
    const { signal } = new AbortController()
    await expect(runner.checks.kafka?.(signal)).resolves.toBeUndefined()
    await expect(runner.checks.consumer?.(signal)).resolves.toBeUndefined()
    await expect(runner.checks.backend?.(signal)).rejects.toThrow('refused')
    port.healthy = false
    await expect(runner.checks.consumer?.(signal)).rejects.toThrow('group was lost')
    await runner.stop(100)
  })

  it('stops once, leaves the group before it closes what it writes with, and takes no assignment any more', async () => {
    const { port, runner } = setup()
    await runner.start()
    await Promise.all([runner.stop(1_000), runner.stop(1_000)])
    expect(port.log).toEqual(['pause', 'consumer closed', 'producer closed', 'producer closed', 'sink closed'])
    port.assign(2)
    port.deliver(2, [metricsRecord()])
    expect(port.commits).toEqual([])
  })
})
