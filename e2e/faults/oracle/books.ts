import { setTimeout as sleep } from 'node:timers/promises'
import { NO_COUNTS } from '@pegel/contracts'
import type { SinkCounts } from '@pegel/contracts'
import type { LedgerSnapshot, TenantBalance } from '@pegel/pipeline'

/** What the ledger says of one tenant, all minutes added up. */
export interface TenantBooks {
  received: number
  records: number
  produced: number
  /** Refused at the gateway: nobody was told that they are taken. */
  refused: number
  /** Taken, and gone at the enricher: dropped by a rule, or of a deleted tenant. */
  notProduced: number
  unbalanced: number
  readonly sinks: Map<string, SinkBooks>
}

export interface SinkBooks {
  produced: number
  inFlight: number
  unbalanced: number
  readonly counts: { -readonly [K in keyof SinkCounts]: number }
}

/** Outcomes after which a point is in the backend. */
const STORED: readonly (keyof SinkCounts)[] = ['delivered', 'alreadyPresent']

/** Settled, and not in the backend: by the books' own word. */
export function notStored({ counts }: SinkBooks): number {
  return Object.entries(counts).reduce(
    (sum, [name, count]) => sum + (STORED.includes(name as keyof SinkCounts) ? 0 : count),
    0,
  )
}

/** The ledger service of a rig. */
export class Books {
  readonly #url: string
  readonly #sinks: readonly string[]

  /** @param sinks that are to have a share; the ledger knows none that has never written anything */
  constructor(url: string, sinks: readonly string[]) {
    this.#url = url
    this.#sinks = sinks
  }

  async snapshot(): Promise<LedgerSnapshot> {
    const response = await fetch(`${this.#url}/ledger`, { signal: AbortSignal.timeout(5000) })
    if (!response.ok) throw new Error(`the ledger answers ${response.status}: ${await response.text()}`)
    return (await response.json()) as LedgerSnapshot
  }

  async of(tenants: readonly string[]): Promise<ReadonlyMap<string, TenantBooks>> {
    const { windows } = await this.snapshot()
    const books = new Map(tenants.map((tenant) => [tenant, empty()]))
    for (const window of windows) {
      for (const balance of window.tenants) {
        const own = books.get(balance.tenant)
        if (own !== undefined) add(own, balance)
      }
    }
    return books
  }

  /**
   * Waits until every point of these tenants has its last outcome at each sink that is to have one.
   * @param received at least so many points must have come in, by tenant
   */
  async settled(received: ReadonlyMap<string, number>, deadlineMs: number): Promise<ReadonlyMap<string, TenantBooks>> {
    const endMs = Date.now() + deadlineMs
    for (;;) {
      let last: string
      try {
        const books = await this.of([...received.keys()])
        const waiting = [...books].filter(([tenant, own]) => !this.#isSettled(own, received.get(tenant) ?? 0))
        if (waiting.length === 0) return books
        last = waiting.map(([tenant, own]) => `${tenant}: ${describe(own, received.get(tenant) ?? 0)}`).join('; ')
      } catch (error) {
        last = String(error)
      }
      if (Date.now() > endMs) throw new Error(`not settled within ${deadlineMs} ms: ${last}`)
      await sleep(200)
    }
  }

  #isSettled({ received, sinks }: TenantBooks, atLeast: number): boolean {
    return received >= atLeast && this.#sinks.every((name) => waiting(sinks.get(name)) === 0)
  }

  /** Waits until all minutes that have begun by now have closed, and says what does not balance. */
  async closed(untilMs: number, deadlineMs: number): Promise<readonly string[]> {
    const endMs = Date.now() + deadlineMs
    for (;;) {
      const { windows, missingRecords, missingParts } = await this.snapshot()
      const open = windows.filter(({ startMs, closed }) => startMs <= untilMs && !closed)
      if (open.length === 0 || Date.now() > endMs) {
        return [
          ...open.map(({ startMs }) => `minute ${new Date(startMs).toISOString()} has not closed`),
          ...windows.filter(({ balanced }) => !balanced).map(({ startMs }) => `minute ${startMs} does not balance`),
          ...missingRecords.map((range) => `missing records ${JSON.stringify(range)}`),
          ...missingParts.map((part) => `missing part ${JSON.stringify(part)}`),
        ]
      }
      await sleep(500)
    }
  }
}

/** What is parked has an outcome, though not its last. */
function waiting(sink: SinkBooks | undefined): number {
  return sink === undefined ? Infinity : sink.inFlight + sink.counts.parked
}

function describe(own: TenantBooks, received: number): string {
  const sinks = [...own.sinks]
    .map(([sink, { inFlight, counts }]) => `${sink} ${inFlight} in flight, ${counts.parked} parked`)
    .join(', ')
  return `${own.received} of ${received} received, ${sinks}`
}

function empty(): TenantBooks {
  return { received: 0, records: 0, produced: 0, refused: 0, notProduced: 0, unbalanced: 0, sinks: new Map() }
}

function add(own: TenantBooks, balance: TenantBalance): void {
  const { records, received, produced, dropped, refused, tenantDeleted } = balance
  own.records += records
  own.received += received
  own.produced += produced
  own.refused += refused
  own.notProduced += dropped + tenantDeleted
  own.unbalanced += Math.abs(balance.unbalanced)
  for (const theirs of balance.sinks) {
    const sink = own.sinks.get(theirs.sink) ?? { produced: 0, inFlight: 0, unbalanced: 0, counts: { ...NO_COUNTS } }
    own.sinks.set(theirs.sink, sink)
    sink.produced += theirs.produced
    sink.inFlight += theirs.inFlight
    sink.unbalanced += theirs.unbalanced
    for (const name of Object.keys(NO_COUNTS) as (keyof SinkCounts)[]) sink.counts[name] += theirs[name]
  }
}
