import { setTimeout as sleep } from 'node:timers/promises'
import type { Sender, Scenario, Scene } from './scenario.ts'

/** The tenant that a scenario has its hands on. */
function oneOf({ senders }: Scene): Sender {
  const [first] = senders
  if (first === undefined) throw new Error('a scenario without senders')
  return first
}

/** A credential that is no longer known, and a tenant that is no longer there. */
const GONE = [401, 403]

export const TENANT_SCENARIOS: readonly Scenario[] = [
  {
    name: 'tenant-changed',
    about: "a tenant's file changes five times within two seconds: static labels and rules",
    expected: 'as always: each point is judged by the version that its batch names',
    brokers: 1,
    holdMs: 1000,
    fault: {
      inject: async (scene) => {
        for (const zone of ['a', 'b', 'c', 'd', 'e']) {
          const rules = [{ id: 'add_rack', target_label: 'rack', replacement: zone }]
          await scene.rig.tenants.change(oneOf(scene).tenant, { static_labels: { zone }, rules })
          await sleep(300)
        }
      },
      heal: () => undefined,
    },
  },
  {
    name: 'tenant-deleted',
    about: 'a tenant is deleted while it sends',
    expected: 'each of its acknowledged points is stored or booked tenant_deleted; the others lose nothing',
    brokers: 1,
    mayRefuse: true,
    fault: {
      inject: async (scene) => {
        const { client, tenant } = oneOf(scene)
        for (const status of GONE) client.final.add(status)
        await scene.rig.tenants.remove(tenant)
      },
      heal: () => undefined,
    },
  },
]
