import { decodeRecord, encodeRecord } from '@pegel/contracts'
import type { LedgerRow, SinkCounts } from '@pegel/contracts'
import { createMetrics } from '@pegel/telemetry'
import { isFinal, replaced, settledPoints } from '../../src/ledger-outcomes.ts'
import { ParkedFold } from '../../src/parking/parked-fold.ts'
import { controlDraft, PARKED_TOPIC } from '../../src/parking/parked-record.ts'
import { REPLAY_TOPIC, toReplay } from '../../src/replay/replay-record.ts'
import { runSink } from '../../src/run-sink.ts'
import type { SinkRunner } from '../../src/run-sink.ts'
import type { SinkLimits } from '../../src/sink-limits.ts'
import { metricsRecord, quiet, tenantsOf } from '../sink-fixtures.ts'
import { FakeGroup } from './fake-group.ts'
import type { FakeMember } from './fake-group.ts'
import { StrictBackend } from './strict-backend.ts'

const TOPIC = 'pegel.metrics.v1'
const SINK = 'prometheus' as const

const LIMITS: Partial<SinkLimits> = {
  ...{ retryBaseMs: 1, retryMaxMs: 2, breakerFailures: 2, breakerOpenMs: 5, parkAfterMs: 10 },
  ...{ commitIntervalMs: 1, recordsPerWrite: 4, laneBytes: 20_000, writeTimeoutMs: 50, checkTimeoutMs: 50 },
}

export interface WorldOptions {
  readonly partitions?: number
  readonly tenants?: readonly string[]
  readonly limits?: Partial<SinkLimits>
  /** The runners are those of replays. */
  readonly replay?: boolean
}

/** Runners of a sink over a log in memory and a backend that is strict about order. */
export class ParkingWorld {
  readonly group: FakeGroup
  readonly backend = new StrictBackend()
  readonly running = new Map<FakeMember, SinkRunner>()
  readonly metrics = createMetrics({ service: 'test', defaults: false })
  readonly #limits: Partial<SinkLimits>
  readonly #replay: boolean
  readonly #tenants: readonly string[]
  #started = 0

  constructor({ partitions = 1, tenants = ['acme', 'beta'], limits = {}, replay = false }: WorldOptions = {}) {
    this.#tenants = tenants
    this.group = new FakeGroup(replay ? REPLAY_TOPIC : TOPIC, partitions)
    this.#limits = { ...LIMITS, ...limits }
    this.#replay = replay
  }

  /** One more process. @param limits of its own */
  async start(limits: Partial<SinkLimits> = {}): Promise<FakeMember> {
    const member = this.group.join()
    const runner = runSink({
      ...{ name: SINK, kafka: member.port, log: quiet, metrics: this.metrics, limits: { ...this.#limits, ...limits } },
      sink: this.backend.connect(() => member.isDead),
      tenants: tenantsOf(...this.#tenants),
      instance: `i${(this.#started += 1)}`,
      ...(this.#replay ? { replay: { pointsPerSecond: 1_000_000 } } : {}),
    })
    this.running.set(member, runner)
    await runner.start()
    return member
  }

  async stop(member: FakeMember): Promise<void> {
    const runner = this.running.get(member)
    this.running.delete(member)
    await runner?.stop(500)
  }

  /** Records of two points each. */
  produce(tenant: string, count: number, partition = 0): void {
    for (let n = 0; n < count; n += 1) {
      const offset = this.group.log.records(TOPIC, partition).length
      const { value } = metricsRecord({ tenant, offset, partition, ingestPartition: partition })
      this.group.log.append({ topic: TOPIC, partition, key: tenant, value })
    }
  }

  /** A record of `metrics`, replayed. */
  replay(tenant: string, offset: number): void {
    const source = metricsRecord({ tenant, offset })
    const note = { replayId: 'r', letterTenant: '', written: false, late: new Set<number>() }
    this.group.log.append(toReplay(source, SINK, note))
  }

  /** As `pegel lanes resume` does. */
  resume(tenant: string, accepts = '', partition = 0): void {
    const draft = controlDraft({ tenant, topic: TOPIC, partition }, 'resume', { detail: accepts })
    const value = encodeRecord('Parked', { ...draft, sink: SINK, owner: '', seq: 0, parkedAtMs: 0 })
    this.group.log.append({ topic: PARKED_TOPIC, partition, key: tenant, value })
  }

  /** What the books know of each record, by `tenant@partition/offset`. */
  rows(): ReadonlyMap<string, LedgerRow> {
    const last = new Map<string, LedgerRow>()
    for (let partition = 0; partition < 8; partition += 1) {
      for (const { value } of this.group.log.records('pegel.ledger.v1', partition)) {
        const entry = value === null ? undefined : decodeRecord('LedgerEntry', value)
        for (const row of entry?.rows ?? []) {
          const key = `${row.tenant}@${row.partition}/${row.offset}`
          const counts = countsOf(last.get(key)?.counts, row.counts)
          last.set(key, { ...row, counts })
        }
      }
    }
    return last
  }

  /** Records that have a dead letter, by `tenant@partition/offset`. */
  letters(): ReadonlySet<string> {
    const places = new Set<string>()
    for (let partition = 0; partition < 8; partition += 1) {
      for (const { value } of this.group.log.records('pegel.dead-letters.v1', partition)) {
        const letter = value === null ? undefined : decodeRecord('DeadLetter', value)
        if (letter !== undefined) places.add(`${letter.tenant}@${letter.partition}/${letter.offset}`)
      }
    }
    return places
  }

  /** How many records have which outcome. */
  outcomes(): Readonly<Record<string, number>> {
    const outcomes: Record<string, number> = {}
    for (const { counts } of this.rows().values()) {
      const outcome = Object.entries(counts ?? {}).find(([, count]) => count > 0)?.[0] ?? 'none'
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
    }
    return outcomes
  }

  /** What the parked topic says, read from its beginning. */
  parked(sink: string = SINK, partition = 0): ParkedFold {
    const fold = new ParkedFold()
    for (const { value, offset, timestampMs } of this.group.log.records(PARKED_TOPIC, partition)) {
      const parked = value === null ? undefined : decodeRecord('Parked', value)
      if (parked?.sink === sink) fold.apply(parked, { offset, timestampMs })
    }
    return fold
  }

  /** Source offsets in the order in which they were stored. */
  stored(tenant: string, partition = 0): readonly number[] {
    return this.backend.stored.get(`${tenant}/${partition}`) ?? []
  }

  async close(): Promise<void> {
    await Promise.all([...this.running.values()].map((runner) => runner.stop(200)))
  }
}

function countsOf(former: SinkCounts | null | undefined, later: SinkCounts | null): SinkCounts | null {
  if (later === null || former === undefined || former === null) return later
  return isFinal(former, settledPoints(former)) ? former : replaced(former, later)
}
