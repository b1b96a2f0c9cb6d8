import { randomBytes } from 'node:crypto'
import { createRandom } from '../../../bench/support/random.ts'
import { eventually } from '../../../libs/testing/src/eventually.ts'
import { otlpDoor, remoteWriteDoor } from '../oracle/body.ts'
import { Client } from '../oracle/client.ts'
import { Issued } from '../oracle/issued.ts'
import { SMALL } from '../oracle/shape.ts'
import type { Rig } from '../rig/rig.ts'
import type { Scene, Sender, TenantLoad } from '../scenarios/scenario.ts'
import { Probe } from './probe.ts'

export interface SceneOptions {
  readonly name: string
  readonly seed: number
  readonly load: readonly TenantLoad[]
  readonly ordinal: () => number
}

export interface OpenScene extends Scene {
  readonly probe: Probe
}

const EVERY_MS = 500
const CONNECTIONS = 2
/** Acknowledged requests of every tenant before anything is broken. */
const WARM = 4
const WARM_MS = 90_000

/** Fresh tenants with their clients, all of them sending. */
export async function openScene(rig: Rig, options: SceneOptions): Promise<OpenScene> {
  const tag = `${options.name.replaceAll(/\W/g, '_').slice(0, 36)}_${randomBytes(2).toString('hex')}`
  const senders = await Promise.all(options.load.map((load) => createSender(rig, tag, load, options.ordinal)))
  const [tenant] = await rig.tenants.add([`${tag}_probe`])
  if (tenant === undefined) throw new Error('no tenant was made')
  const probe = new Probe(rig, { run: tag, tenant, ordinal: options.ordinal })
  for (const { client } of senders) client.start()
  const warm = (): void => {
    const cold = senders.filter(({ client, load }) => client.issued.count('acknowledged') < (load.requests ?? WARM))
    const waiting = cold.filter(({ client }) => client.issued.count('acknowledged') < WARM)
    if (waiting.length > 0)
      throw new Error(`not acknowledged yet: ${waiting.map(({ tenant: { tenant: id } }) => id).join()}`)
  }
  await eventually(warm, { deadlineMs: WARM_MS })
  return { rig, senders, probe, run: tag, random: createRandom(seedOf(options.seed, options.name)) }
}

async function createSender(rig: Rig, run: string, load: TenantLoad, ordinal: () => number): Promise<Sender> {
  const { role, shape = SMALL, backends } = load
  const [tenant] = await rig.tenants.add([`${run}_${role}`], backends === undefined ? {} : { sinks: backends })
  if (tenant === undefined) throw new Error('no tenant was made')
  const client = new Client({
    issued: new Issued(tenant.tenant, ordinal(), shape),
    key: tenant.key,
    doors: load.doors.map((door) => (door === 'otlp' ? otlpDoor(shape, run) : remoteWriteDoor(shape, run))),
    gateways: () => rig.gateways(),
    connections: load.connections ?? CONNECTIONS,
    everyMs: load.everyMs ?? EVERY_MS,
    ...(load.requests === undefined ? {} : { requests: load.requests }),
  })
  return { load, tenant, client }
}

/** Points that were acknowledged over remote write, by tenants whose points go to Prometheus. */
export function remoteWritten(senders: readonly Sender[]): number {
  return senders
    .filter(({ load }) => load.backends?.includes('prometheus') ?? true)
    .reduce((sum, { client, load: { doors } }) => {
      return sum + client.issued.acknowledgedThrough((turn) => doors[turn % doors.length] === 'remote_write')
    }, 0)
}

/** The same for every scenario of this name, whatever ran before it. */
function seedOf(seed: number, name: string): number {
  let hash = seed | 0
  for (const letter of name) hash = (Math.imul(hash, 31) + letter.charCodeAt(0)) | 0
  return hash
}
