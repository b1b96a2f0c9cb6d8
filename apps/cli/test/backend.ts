import { parseSeriesBlock } from '@pegel/contracts'
import type { KafkaPort } from '@pegel/kafka'
import { createTenantDirectory, runSink } from '@pegel/pipeline'
import type { Batch, Outcome, Sink, SinkRunner } from '@pegel/pipeline'
import { createLogger, createMetrics } from '@pegel/telemetry'

/** A backend in memory that reports what it had already, as Elasticsearch does, and refuses metrics by name. */
export class Backend {
  /** `tenant metric@time` → value, and how often it was written. */
  readonly stored = new Map<string, number>()
  readonly refused = new Set<string>()
  writes = 0

  sink(): Sink {
    return {
      write: (batch) => Promise.resolve({ outcomes: this.#write(batch) }),
      check: () => Promise.resolve(),
      close: () => Promise.resolve(),
    }
  }

  #write({ tenant, records }: Batch<Parameters<Sink['write']>[0]['records'][number]>): Outcome[] {
    this.writes += 1
    return records.map(({ points: { series, columns } }) => {
      const outcome = { delivered: 0, alreadyPresent: 0, unsupported: 0, collapsed: 0, collided: 0, retry: [] }
      const rejected: Outcome['rejected'][number][] = []
      for (const { block, first, count } of series) {
        const { name } = parseSeriesBlock(block)
        for (let point = first; point < first + count; point += 1) {
          const key = `${tenant} ${name}@${columns.timeMs[point]}`
          if (this.refused.has(name)) rejected.push({ point, reason: 'mapping_conflict', message: `${name} is a text` })
          else if (this.stored.has(key)) outcome.alreadyPresent += 1
          else {
            outcome.delivered += 1
            this.stored.set(key, columns.value[point] ?? 0)
          }
        }
      }
      return { ...outcome, rejected }
    })
  }
}

/** sink-influxdb's two runners, live and replay, over a backend in memory. */
export async function runSinks(kafka: KafkaPort, backend: Backend): Promise<() => Promise<void>> {
  const log = createLogger({ service: 'test', level: 'silent' })
  const metrics = createMetrics({ service: 'test', defaults: false })
  const hosted = await createTenantDirectory({ kafka, log, metrics })
  await hosted.caughtUp
  const shared = { name: 'influxdb', kafka, tenants: hosted.directory, log, instance: 'test' } as const
  const limits = { commitIntervalMs: 20, retryBaseMs: 20, retryMaxMs: 100 }
  const runners: SinkRunner[] = [undefined, { pointsPerSecond: 100_000 }].map((replay) =>
    runSink({
      ...shared,
      sink: backend.sink(),
      metrics: createMetrics({ service: 'test', defaults: false }),
      limits,
      ...(replay === undefined ? {} : { replay }),
    }),
  )
  await Promise.all(runners.map((runner) => runner.start()))
  return async () => {
    await Promise.all(runners.map((runner) => runner.stop(2000)))
    await hosted.close()
  }
}
