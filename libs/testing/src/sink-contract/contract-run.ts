import { expect } from '@jest/globals'
import { eventually } from '../eventually.ts'
import { tenantConfig } from '../fake-tenants.ts'
import { startHttpGate } from '../http-gate.ts'
import type { HttpGate } from '../http-gate.ts'
import { gauge } from '../series-spec.ts'
import type { SeriesSpec } from '../series-spec.ts'
import { SinkHarness } from '../sink-harness.ts'
import { uniqueName } from '../unique-name.ts'
import type { SinkContractOptions } from './options.ts'

export const SECOND = 1000

/** What the cases of a contract share: a harness, and a gate in front of the backend, made anew for each. */
export class ContractRun {
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

/** A whole second, two minutes ago. */
export function recently(): number {
  return Math.floor(Date.now() / SECOND) * SECOND - 120 * SECOND
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

/** Points that the rows of the ledger say are stored, whoever wrote them. */
export function storedPoints(rows: Awaited<ReturnType<SinkHarness['rows']>>): number {
  return rows.reduce((total, { counts }) => total + (counts?.delivered ?? 0) + (counts?.alreadyPresent ?? 0), 0)
}
