import type { GateVerdict } from '../../../libs/testing/src/http-gate.ts'
import type { Scenario, Scene } from './scenario.ts'

const FRESH_MS = 5000

/** Prometheus hears whose points they are in a header: one tenant's requests can fail while its own check passes. */
function breakLane({ rig, senders }: Scene, verdict: GateVerdict): void {
  const tenant = senders[0]?.tenant.tenant
  rig.backends.sites.prometheus.gate.rule(({ headers }) => (headers['x-scope-orgid'] === tenant ? verdict : undefined))
}

function brokenLane(
  options: Pick<Scenario, 'name' | 'about' | 'holdMs'> & { readonly verdict: GateVerdict },
): Scenario {
  const { verdict, ...rest } = options
  return {
    ...{ ...rest, brokers: 1 },
    expected: 'as always, and meanwhile a fresh point of another tenant is through within 5 s',
    fault: {
      inject: async (scene) => {
        breakLane(scene, verdict)
        await scene.probe.through(FRESH_MS)
      },
      heal: async (scene) => {
        await scene.probe.through(FRESH_MS)
        scene.rig.backends.sites.prometheus.gate.rule()
      },
    },
  }
}

/** Longer than a lane may be full, or its breaker open, before it is parked. */
const PARKED_MS = 15_000
const REFUSED = { status: 503, body: 'not for this tenant' }

export const LANE_SCENARIOS: readonly Scenario[] = [
  brokenLane({
    name: 'lane-refused',
    about: "Prometheus answers one tenant's writes with 503",
    holdMs: 3000,
    verdict: REFUSED,
  }),
  brokenLane({
    name: 'lane-hangs',
    about: "Prometheus never answers one tenant's writes",
    holdMs: 3000,
    verdict: 'hang',
  }),
  brokenLane({
    name: 'lane-refused-long',
    about: "Prometheus answers one tenant's writes with 503 for longer than a lane waits before it is parked",
    holdMs: PARKED_MS,
    verdict: REFUSED,
  }),
]
