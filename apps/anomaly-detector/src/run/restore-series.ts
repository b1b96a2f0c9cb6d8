import { setTimeout as sleep } from 'node:timers/promises'
import type { SchemaLookup } from '@pegel/contracts'
import { messageOf } from '@pegel/errors'
import { partitionOf } from '@pegel/kafka'
import type { KafkaPort } from '@pegel/kafka'
import type { Logger } from '@pegel/telemetry'
import type { TenantDirectory } from '@pegel/tenancy'
import type { DetectorMeter } from '../detector-metrics.ts'
import { learn } from '../recording/learn.ts'
import type { Recording } from '../recording/recording.ts'
import type { SessionSeries } from '../session-series.ts'
import { compileWatches } from '../watch/tenant-watches.ts'
import { loadStates } from './state-topic.ts'

export interface RestoreOptions {
  readonly kafka: Pick<KafkaPort, 'readAll'>
  readonly tenants: TenantDirectory
  readonly schemas?: SchemaLookup
  readonly meter: DetectorMeter
  readonly log: Logger
  readonly partitions: readonly number[]
  readonly signal: AbortSignal
  /** Where they go. */
  readonly series: SessionSeries
  /** What may be learned from where nothing is stored. */
  readonly recordings: readonly Recording[]
  /** Of the source topic. */
  readonly partitionCount: number
}

const RELOAD_MS = 500

/** Reads back what is known of these partitions' series; false when it was aborted. Tries until it succeeds. */
export async function restoreSeries(options: RestoreOptions): Promise<boolean> {
  const { signal, log } = options
  const isOver = (): boolean => signal.aborted
  while (!isOver()) {
    try {
      await restoreOnce(options)
      return true
    } catch (error) {
      if (isOver()) return false
      log.warn('what was learned could not be read, trying again', { error: messageOf(error) })
      await sleep(RELOAD_MS, undefined, { signal }).catch(() => undefined)
    }
  }
  return false
}

async function restoreOnce(options: RestoreOptions): Promise<void> {
  const { series, meter, log, tenants } = options
  const startedMs = performance.now()
  const states = await loadStates(options)
  for (const state of states) {
    const { tenant } = state.identity
    series.restore(state)
    if (tenants.current(tenant).status === 'deleted') series.dropTenant(tenant)
  }
  for (const recording of options.recordings) learnFrom(recording, options)
  const seconds = (performance.now() - startedMs) / 1000
  meter.restored(states.length, seconds)
  log.info('state restored', { series: states.length, seconds })
}

/** Series of which nothing is stored are learned from a recording. */
function learnFrom(recording: Recording, options: RestoreOptions): void {
  const { partitions, partitionCount, tenants, series, log } = options
  const { tenant } = recording
  const found = tenants.current(tenant)
  const partition = partitionOf(tenant, partitionCount)
  if (found.status !== 'active' || !partitions.includes(partition)) return
  const states = learn(recording, compileWatches(found.config), partition)
  const taken = states.filter((state) => series.adopt(state))
  log.info('learned from a recording', { tenant_id: tenant, series: taken.length })
}
