import type { Random } from '../../../bench/support/random.ts'
import type { Client } from '../oracle/client.ts'
import type { Shape } from '../oracle/shape.ts'
import type { BackendName } from '../rig/backends.ts'
import type { Rig } from '../rig/rig.ts'
import type { FaultTenant } from '../rig/tenants.ts'

export type DoorName = 'otlp' | 'remote_write'

/** What one tenant sends during a scenario. */
export interface TenantLoad {
  /** Part of the tenant's name. */
  readonly role: string
  /** Used in turn. */
  readonly doors: readonly DoorName[]
  readonly shape?: Shape
  readonly connections?: number
  readonly everyMs?: number
  /** Then it is done; without, it sends until the scenario ends. */
  readonly requests?: number
  /** Where its points go; all unless given. */
  readonly backends?: readonly BackendName[]
}

export interface Sender {
  readonly load: TenantLoad
  readonly tenant: FaultTenant
  readonly client: Client
}

/** Of a tenant of its own: resolves with the ms until every backend has it, rejects when one has not in time. */
export interface FreshPoint {
  through(deadlineMs: number): Promise<number>
}

/** What a fault has its hands on. */
export interface Scene {
  readonly rig: Rig
  readonly random: Random
  readonly senders: readonly Sender[]
  /** The label of all points of this scenario. */
  readonly run: string
  readonly probe: FreshPoint
}

/** Something that is kept between breaking and mending. */
export interface Fault {
  inject(scene: Scene): Promise<void> | void
  heal(scene: Scene): Promise<void> | void
}

/** A fault, and what must be true in spite of it. Data: whatever does something is in `fault`. */
export interface Scenario {
  readonly name: string
  /** What is broken, in a sentence. */
  readonly about: string
  /** What must happen; without it: nothing lost, doubled, crossed or made up, the books balance, a fresh point is through within 5 s. */
  readonly expected?: string
  readonly brokers: 1 | 3
  /** One of the six of `--smoke`. */
  readonly smoke?: true
  /** Needs a small file system to be mounted for this backend. */
  readonly disk?: BackendName
  readonly load?: readonly TenantLoad[]
  /** How long the fault lasts; it differs by up to a fifth with the seed. Default 3 s. */
  readonly holdMs?: number
  /** Points may be booked as anything but stored: then exactly these may be missing. */
  readonly mayRefuse?: true
  readonly fault: Fault
}

/** Three tenants, so that there is always somebody else to be harmed; one uses both doors for the same series. */
export const DEFAULT_LOAD: readonly TenantLoad[] = [
  { role: 'otlp', doors: ['otlp'] },
  { role: 'write', doors: ['remote_write'] },
  { role: 'both', doors: ['otlp', 'remote_write'] },
]
