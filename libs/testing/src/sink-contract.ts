import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { Sink, WriteResult } from '@pegel/pipeline'
import type { SinkName } from '@pegel/tenancy'
import { eventually } from './eventually.ts'
import { tenantConfig } from './fake-tenants.ts'
import { startHttpGate } from './http-gate.ts'
import type { GateRequest, HttpGate } from './http-gate.ts'
import { gauge } from './series-spec.ts'
import type { SeriesSpec } from './series-spec.ts'
import { SinkHarness } from './sink-harness.ts'
import type { SinkParts } from './sink-harness.ts'
import { uniqueName } from './unique-name.ts'

/** A series as the backend holds it; names and labels as the contract sent them, others besides are allowed. */
export interface StoredSeries {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  /** Ascending in time. */
  readonly points: readonly { readonly timeMs: number; readonly value: number }[]
}

/** A record of which the backend refuses some points for good. */
export interface RefusedCase {
  /** Written before, and accepted whole. */
  readonly before: readonly SeriesSpec[]
  readonly series: readonly SeriesSpec[]
  /** Indices in `series`' points, in order. */
  readonly refused: readonly number[]
  readonly reason: string
}

export interface SinkContractOptions {
  readonly name: SinkName
  /** The real backend. Called late, so that a missing one fails a test and not the loading of the file. */
  readonly backendUrl: () => string
  readonly create: (parts: SinkParts) => Sink | Promise<Sink>
  readonly backend: {
    /** Everything stored that belongs to this tenant, and nothing else; must see a write as soon as it was acknowledged (refresh if need be). */
    read(tenant: string): Promise<readonly StoredSeries[]>
  }
  /** Whether a request through the gate is a write, as opposed to a check or a preparation. */
  readonly isWrite: (request: GateRequest) => boolean
  readonly refusedCase: (nowMs: number) => RefusedCase
}

const SECOND = 1000

/**
 * What every sink promises, on real Kafka and the real backend. Metric names are `contract_…` gauges without unit or scope, with one
 * label `host`; times are within the last minutes.
 */
export function sinkContract(options: SinkContractOptions): void {
  describe(`sink contract: ${options.name}`, () => {
    const contract = new ContractRun(options)
    beforeEach(() => contract.open())
    afterEach(() => contract.close())
    deliveryCases(contract)
    rebalanceCases(contract)
    failureCases(contract)
    isolationCases(contract)
  })
}

class ContractRun {
  readonly options: SinkContractOptions
  #harness: SinkHarness | undefined
  #gate: HttpGate | undefined

  constructor(options: SinkContractOptions) {
    this.options = options
  }

  get harness(): SinkHarness {
    if (this.#harness === undefined) throw new Error('the harness is not open')
    return this.#harness
  }

  get gate(): HttpGate {
    if (this.#gate === undefined) throw new Error('the gate is not open')
    return this.#gate
  }

  async open(): Promise<void> {
    this.#gate = await startHttpGate(this.options.backendUrl())
    this.#harness = new SinkHarness({ name: this.options.name, create: this.options.create, url: this.#gate.url })
    await this.#harness.open()
  }

  async close(): Promise<void> {
    this.#gate?.rule()
    await this.#harness?.close()
    await this.#gate?.close()
  }

  tenant(prefix = 'contract'): string {
    const tenant = uniqueName(prefix)
    this.harness.tenants.put(tenantConfig(tenant))
    return tenant
  }

  /** Stored values by `name{host}`, in time order. */
  async stored(tenant: string): Promise<Readonly<Record<string, readonly (readonly [number, number])[]>>> {
    const found: Record<string, (readonly [number, number])[]> = {}
    for (const { name, labels, points } of await this.options.backend.read(tenant)) {
      const key = `${name}{${labels.host ?? ''}}`
      if (found[key] !== undefined) throw new Error(`${key} is stored as two series`)
      found[key] = points.map(({ timeMs, value }) => [timeMs, value] as const)
    }
    return found
  }

  async expectStored(tenant: string, sent: readonly SeriesSpec[]): Promise<void> {
    await eventually(async () => expect(await this.stored(tenant)).toEqual(expectedOf(sent)), {
      deadlineMs: 20_000,
      everyMs: 200,
    })
  }

  /** One record per second of a single rising series. */
  rising(name: string, records: number): SeriesSpec[] {
    const startMs = recently()
    return Array.from({ length: records }, (_, index) =>
      gauge(name, [[startMs + index * SECOND, index]], { attributes: { host: 'a' } }),
    )
  }
}

function deliveryCases(contract: ContractRun): void {
  it('stores every point and books it as delivered', async () => {
    const tenant = contract.tenant()
    const startMs = recently()
    const sent: SeriesSpec[] = []
    for (let record = 0; record < 6; record += 1) {
      const series = ['a', 'b', 'c'].map((host, index) =>
        gauge('contract_all', timesFrom(startMs + record * 3 * SECOND, 3, index + record / 8), {
          attributes: { host },
        }),
      )
      sent.push(...series)
      await contract.harness.produce(tenant, series)
    }
    await contract.harness.run()
    await contract.harness.drained()
    await contract.expectStored(tenant, sent)
    const rows = await contract.harness.rows(tenant, 6)
    expect(rows.map(({ produced, counts }) => [produced, counts?.delivered])).toEqual(Array(6).fill([9, 9]))
  })

  it('books a record without points', async () => {
    const tenant = contract.tenant()
    await contract.harness.produce(tenant, [])
    await contract.harness.run()
    await contract.harness.drained()
    expect((await contract.harness.rows(tenant, 1))[0]).toMatchObject({ produced: 0, counts: { delivered: 0 } })
  })

  it('names refused points by index in one dead letter a record, and stores their neighbours', async () => {
    const tenant = contract.tenant()
    const { before, series, refused, reason } = contract.options.refusedCase(Date.now())
    if (before.length > 0) await contract.harness.produce(tenant, before)
    await contract.harness.produce(tenant, series)
    await contract.harness.run({ limits: { recordsPerWrite: 1 } })
    await contract.harness.drained()
    const [letter, ...others] = await contract.harness.deadLetters(tenant, 1)
    expect(others).toEqual([])
    expect(letter?.refusals.map(({ point }) => point)).toEqual(refused)
    expect(new Set(letter?.refusals.map((each) => each.reason))).toEqual(new Set([reason]))
    await contract.expectStored(tenant, [...before, ...without(series, refused)])
    const rows = await contract.harness.rows(tenant, before.length > 0 ? 2 : 1)
    const points = series.reduce((total, each) => total + each.points.length, 0)
    expect(rows.at(-1)?.counts).toMatchObject({ deadLettered: refused.length, delivered: points - refused.length })
  })

  it('loses and repeats nothing when it is stopped in the middle', async () => {
    const tenant = contract.tenant()
    const sent = contract.rising('contract_drain', 40)
    for (const series of sent) await contract.harness.produce(tenant, [series])
    const first = await contract.harness.run({ limits: { recordsPerWrite: 2 } })
    await eventually(async () => expect(await contract.harness.lag()).toBeLessThan(40), { everyMs: 5 })
    await contract.harness.stop(first)
    await contract.harness.run()
    await contract.harness.drained()
    await contract.expectStored(tenant, sent)
    const rows = await contract.harness.rows(tenant, 40)
    expect(sumOf(rows.map(({ counts }) => (counts?.delivered ?? 0) + (counts?.alreadyPresent ?? 0)))).toBe(40)
  })
}

function rebalanceCases(contract: ContractRun): void {
  it('loses and repeats nothing when a second member joins and the first one leaves', async () => {
    const tenants = Array.from({ length: 4 }, () => contract.tenant())
    const sent = new Map(tenants.map((tenant) => [tenant, contract.rising('contract_members', 20)]))
    const produce = async (from: number, to: number): Promise<void> => {
      for (let index = from; index < to; index += 1) {
        for (const [tenant, series] of sent) await contract.harness.produce(tenant, series.slice(index, index + 1))
      }
    }
    await produce(0, 5)
    const first = await contract.harness.run({ limits: { recordsPerWrite: 1 } })
    await produce(5, 10)
    await contract.harness.run({ limits: { recordsPerWrite: 1 } })
    await produce(10, 15)
    await contract.harness.stop(first)
    await produce(15, 20)
    await contract.harness.drained()
    for (const [tenant, series] of sent) {
      await contract.expectStored(tenant, series)
      const rows = await contract.harness.rows(tenant, 20)
      expect(sumOf(rows.map(({ counts }) => (counts?.delivered ?? 0) + (counts?.alreadyPresent ?? 0)))).toBe(20)
      expect(rows).toHaveLength(20)
    }
  })
}

function failureCases(contract: ContractRun): void {
  it('commits nothing while the backend asks to come again, and delivers afterwards', async () => {
    const tenant = contract.tenant()
    const { isWrite } = contract.options
    contract.gate.rule((request) => (isWrite(request) ? { status: 503, headers: { 'retry-after': '0' } } : undefined))
    const sent = contract.rising('contract_retry', 3)
    for (const series of sent) await contract.harness.produce(tenant, [series])
    await contract.harness.run()
    await eventually(() => expect(contract.gate.requests).toBeGreaterThan(5))
    expect(await contract.harness.lag()).toBe(3)
    contract.gate.rule()
    await contract.harness.drained()
    await contract.expectStored(tenant, sent)
  })

  it('writes again what was written but not committed, and the backend holds the same', async () => {
    const tenant = contract.tenant()
    const sent = contract.rising('contract_crash', 10)
    for (const series of sent) await contract.harness.produce(tenant, [series])
    const doomed = await contract.harness.run({ loseCommits: true })
    await contract.expectStored(tenant, sent)
    await contract.harness.rows(tenant, 10)
    await contract.harness.stop(doomed)
    expect(await contract.harness.lag()).toBe(10)
    await contract.harness.run()
    await contract.harness.drained()
    await contract.expectStored(tenant, sent)
    const rows = await contract.harness.rows(tenant, 10)
    expect(sumOf(rows.map(({ counts }) => (counts?.delivered ?? 0) + (counts?.alreadyPresent ?? 0)))).toBe(10)
  })

  it('writes again what the backend stored without being able to say so', async () => {
    const tenant = contract.tenant()
    const { isWrite } = contract.options
    let lost = 0
    contract.gate.rule((request) => (isWrite(request) && lost++ < 2 ? 'lose' : undefined))
    const sent = contract.rising('contract_lost_answer', 4)
    for (const series of sent) await contract.harness.produce(tenant, [series])
    await contract.harness.run({ limits: { recordsPerWrite: 1 } })
    await contract.harness.drained()
    await contract.expectStored(tenant, sent)
  })

  it('keeps the order within a series through retries', async () => {
    const tenant = contract.tenant()
    const { isWrite } = contract.options
    let writes = 0
    contract.gate.rule((request) => (isWrite(request) && writes++ % 3 !== 2 ? { status: 503 } : undefined))
    const sent = contract.rising('contract_order', 12)
    for (const series of sent) await contract.harness.produce(tenant, [series])
    const acknowledged: number[] = []
    await contract.harness.run({ limits: { recordsPerWrite: 2 }, wrap: (sink) => recording(sink, acknowledged) })
    await contract.harness.drained()
    expect(acknowledged).toEqual([...acknowledged].sort((a, b) => a - b))
    await contract.expectStored(tenant, sent)
  })

  it('waits while the backend is away and catches up when it is back', async () => {
    const tenant = contract.tenant()
    const before = contract.rising('contract_outage_before', 2)
    for (const series of before) await contract.harness.produce(tenant, [series])
    await contract.harness.run()
    await contract.harness.drained()
    contract.gate.rule(() => 'reset')
    const during = contract.rising('contract_outage_during', 5)
    for (const series of during) await contract.harness.produce(tenant, [series])
    await eventually(async () => {
      expect(await contract.harness.metrics.expose()).toMatch(/pegel_sink_backend_up\{[^}]*\} 0/)
    })
    expect(await contract.harness.lag()).toBe(5)
    contract.gate.rule()
    await contract.harness.drained()
    await contract.expectStored(tenant, [...before, ...during])
  })
}

function isolationCases(contract: ContractRun): void {
  it('keeps the same series of two tenants apart', async () => {
    const [one, two] = [contract.tenant(), contract.tenant()]
    const atMs = recently()
    const series = (value: number): SeriesSpec => gauge('contract_same', [[atMs, value]], { attributes: { host: 'a' } })
    await contract.harness.produce(one, [series(1)])
    await contract.harness.produce(two, [series(2)])
    await contract.harness.run()
    await contract.harness.drained()
    await contract.expectStored(one, [series(1)])
    await contract.expectStored(two, [series(2)])
  })

  it('never writes a record whose key is another tenant', async () => {
    const [victim, thief] = [contract.tenant(), contract.tenant()]
    await contract.harness.produce(victim, contract.rising('contract_forged', 1), thief)
    await contract.harness.run()
    await contract.harness.drained()
    const [letter] = await contract.harness.deadLetters('pegel', 1)
    expect(letter?.refusals).toMatchObject([{ point: -1, reason: 'tenant_mismatch' }])
    expect(await contract.stored(victim)).toEqual({})
    expect(await contract.stored(thief)).toEqual({})
  })

  it('books what is not routed to it and what belongs to a deleted tenant, and writes neither', async () => {
    const elsewhere = uniqueName('contract')
    contract.harness.tenants.put(tenantConfig(elsewhere, { sinks: [] }))
    const deleted = contract.tenant()
    contract.harness.tenants.remove(deleted)
    for (const tenant of [elsewhere, deleted])
      await contract.harness.produce(tenant, contract.rising('contract_skip', 1))
    await contract.harness.run()
    await contract.harness.drained()
    expect((await contract.harness.rows(elsewhere, 1))[0]?.counts).toMatchObject({ notRouted: 1, delivered: 0 })
    expect((await contract.harness.rows(deleted, 1))[0]?.counts).toMatchObject({ tenantDeleted: 1, delivered: 0 })
    expect(await contract.stored(elsewhere)).toEqual({})
    expect(await contract.stored(deleted)).toEqual({})
  })
}

/** Remembers the point times of each record that was answered for completely, in the order of the answers. */
function recording(sink: Sink, acknowledged: number[]): Sink {
  return {
    async write(batch, signal): Promise<WriteResult> {
      const result = await sink.write(batch, signal)
      batch.records.forEach(({ points }, index) => {
        if (result.outcomes[index]?.retry.length === 0) acknowledged.push(...points.columns.timeMs)
      })
      return result
    },
    check: (signal) => sink.check(signal),
    ...(sink.assigned === undefined ? {} : { assigned: sink.assigned.bind(sink) }),
    ...(sink.prepare === undefined ? {} : { prepare: sink.prepare.bind(sink) }),
    close: () => sink.close(),
  }
}

function expectedOf(sent: readonly SeriesSpec[]): Record<string, (readonly [number, number])[]> {
  const expected: Record<string, (readonly [number, number])[]> = {}
  for (const { name, attributes, points } of sent) {
    const list = (expected[`${name}{${attributes.host ?? ''}}`] ??= [])
    for (const { timeMs, value } of points) list.push([timeMs, value ?? Number.NaN])
  }
  for (const list of Object.values(expected)) list.sort((a, b) => a[0] - b[0])
  return expected
}

/** The series without the points at these indices, counted over all of them. */
function without(series: readonly SeriesSpec[], refused: readonly number[]): SeriesSpec[] {
  let index = 0
  return series
    .map((each) => ({ ...each, points: each.points.filter(() => !refused.includes(index++)) }))
    .filter(({ points }) => points.length > 0)
}

/** A whole second, two minutes ago. */
function recently(): number {
  return Math.floor(Date.now() / SECOND) * SECOND - 120 * SECOND
}

function timesFrom(startMs: number, count: number, value: number): (readonly [number, number])[] {
  return Array.from({ length: count }, (_, index) => [startMs + index * SECOND, value + index] as const)
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0)
}
