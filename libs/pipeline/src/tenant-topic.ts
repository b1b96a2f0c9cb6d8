import { setTimeout as sleep } from 'node:timers/promises'
import { decodeRecord } from '@pegel/contracts'
import { messageOf } from '@pegel/errors'
import type { KafkaPort, KafkaRecord } from '@pegel/kafka'
import type { Logger, Metrics } from '@pegel/telemetry'
import { createMemoryDirectory } from '@pegel/tenancy'
import type { MemoryDirectory, TenantDirectory } from '@pegel/tenancy'

export const TENANT_TOPIC = 'pegel.tenants.v1'
const LOOK_AGAIN_MS = 1000

export interface TenantDirectoryOptions {
  readonly kafka: KafkaPort
  readonly log: Logger
  readonly metrics: Metrics
}

export interface HostedTenantDirectory {
  readonly directory: TenantDirectory
  /** Resolves when everything that was in the topic at the start has been read; `directory.ready` is true from then on. */
  readonly caughtUp: Promise<void>
  close(): Promise<void>
}

/**
 * The tenants' settings from the compacted topic, kept current: a version that is published later is in force within
 * milliseconds, without restart or rebalance.
 */
export async function createTenantDirectory(options: TenantDirectoryOptions): Promise<HostedTenantDirectory> {
  const { kafka, log, metrics } = options
  const directory = createMemoryDirectory({ onMissed: () => void look() })
  const active = metrics.gauge('pegel_tenants', 'Active tenants known to this process')
  const unreadable = metrics.counter(
    'pegel_tenant_versions_unreadable_total',
    'Tenant versions this process cannot read',
  )
  const reader = await kafka.readAll(TENANT_TOPIC, (record) => {
    if (!applyTenantRecord(directory, record, log)) unreadable.inc()
    active.set(directory.all().length)
  })
  const caughtUp = reader.caughtUp.then(() => {
    directory.markReady()
    log.info('tenants read', { tenants: directory.all().length })
  })
  let [looking, closed] = [false, false]
  /** Reads what there is until no question is left open. */
  async function look(): Promise<void> {
    if (looking) return
    looking = true
    while (directory.missed.wanted && !closed) {
      const ended = directory.missed.beginLook()
      await reader.catchUp().then(ended, async (error: unknown) => {
        log.warn('the tenants topic cannot be read to its end, tried again', { problem: messageOf(error) })
        await sleep(LOOK_AGAIN_MS)
      })
    }
    looking = false
  }
  // Whoever waits for it gets the error; nobody waiting must not end the process.
  caughtUp.catch(() => undefined)
  return {
    directory,
    caughtUp,
    close: () => {
      closed = true
      return reader.close()
    },
  }
}

/** Feeds one record of the tenants topic to a directory. False when it cannot be read; that version's batches then wait. */
export function applyTenantRecord(directory: MemoryDirectory, record: KafkaRecord, log: Logger): boolean {
  const id = parseTenantKey(record.key)
  if (id === undefined) {
    log.error('record of the tenants topic has no key tenant@version', { offset: record.offset })
    return false
  }
  if (record.value === null) {
    directory.forget(id.tenant, id.version)
    return true
  }
  const fields = { tenant_id: id.tenant, version: id.version }
  try {
    const applied = directory.apply(decodeRecord('Tenant', record.value), record.timestampMs)
    if (applied.status === 'unreadable') {
      log.error('tenant version is not readable by this program; its batches wait', {
        ...fields,
        problem: applied.problem,
      })
      return false
    }
    const { ignoredKeys } = applied
    if (ignoredKeys.length > 0)
      log.warn('tenant version has keys that this program ignores', { ...fields, ignoredKeys })
    else log.debug('tenant version read', fields)
    return true
  } catch (error) {
    directory.applyUnreadable(id.tenant, id.version)
    log.error('tenant version is not readable by this program; its batches wait', {
      ...fields,
      problem: messageOf(error),
    })
    return false
  }
}

export function tenantKey(tenant: string, version: number): string {
  return `${tenant}@${version}`
}

export function parseTenantKey(key: Buffer | null): { readonly tenant: string; readonly version: number } | undefined {
  const [, tenant, version] = /^([a-z0-9_]+)@([1-9]\d{0,14})$/.exec(key?.toString('utf8') ?? '') ?? []
  return tenant === undefined ? undefined : { tenant, version: Number(version) }
}
