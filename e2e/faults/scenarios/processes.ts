import { SERVICES } from '../rig/services.ts'
import type { ServiceName } from '../rig/services.ts'
import type { Scenario, Scene } from './scenario.ts'

/** Longer than a consumer's session, so that its partitions go to others meanwhile. */
const FROZEN_MS = 8000

function killed(name: ServiceName): Scenario {
  return {
    name: `kill-${name}`,
    about: `kill -9 of ${name}; started again a second later`,
    brokers: 1,
    holdMs: 1000,
    ...(['ingest-gateway', 'enricher', 'sink-prometheus'].includes(name) ? { smoke: true as const } : {}),
    fault: {
      inject: ({ rig }) => rig.fleet.kill(name),
      heal: ({ rig }) => rig.fleet.start(name),
    },
  }
}

function frozen(name: ServiceName): Scenario {
  return {
    name: `freeze-${name}`,
    about: `SIGSTOP of ${name} for 8 s, longer than a consumer's session`,
    brokers: 1,
    holdMs: FROZEN_MS,
    fault: {
      inject: ({ rig }) => {
        rig.fleet.freeze(name)
      },
      heal: ({ rig }) => {
        rig.fleet.thaw(name)
      },
    },
  }
}

/** A service that takes longer to drain than its deadline says has lost its promise. */
async function restartInOrder({ rig: { fleet } }: Scene, replicas: readonly (0 | 1)[]): Promise<void> {
  for (const name of SERVICES) {
    for (const replica of replicas) {
      const tookMs = await fleet.stop(name, replica)
      if (tookMs > 10_500) throw new Error(`${name} took ${Math.round(tookMs)} ms to drain`)
      await fleet.start(name, replica)
    }
  }
}

const DOUBLED = SERVICES.filter((name) => name !== 'ledger')

async function startReplicas({ rig: { fleet } }: Scene): Promise<void> {
  await Promise.all(DOUBLED.map((name) => fleet.start(name, 1)))
}

async function stopReplicas({ rig: { fleet } }: Scene): Promise<void> {
  await Promise.all(DOUBLED.map((name) => fleet.stop(name, 1)))
}

export const PROCESS_SCENARIOS: readonly Scenario[] = [
  ...SERVICES.map(killed),
  ...SERVICES.map(frozen),
  {
    name: 'restart-all',
    about: 'every service is asked to end (SIGTERM) and started again, one after another',
    expected: 'as always, and each drains within 10 s',
    brokers: 1,
    holdMs: 0,
    fault: { inject: (scene) => restartInOrder(scene, [0]), heal: () => undefined },
  },
  {
    name: 'kill-all',
    about: 'kill -9 of every service at once; started again together',
    brokers: 1,
    holdMs: 500,
    fault: {
      inject: async ({ rig }) => {
        await Promise.all(SERVICES.map((name) => rig.fleet.kill(name)))
      },
      heal: async ({ rig }) => {
        await Promise.all(SERVICES.map((name) => rig.fleet.start(name)))
      },
    },
  },
  {
    name: 'replicas-rolling-restart',
    about: 'two replicas of everything, each restarted in turn',
    expected: 'as always, and each drains within 10 s',
    brokers: 3,
    holdMs: 0,
    fault: {
      inject: async (scene) => {
        await startReplicas(scene)
        for (const name of DOUBLED) {
          for (const replica of [0, 1] as const) {
            await scene.rig.fleet.stop(name, replica)
            await scene.rig.fleet.start(name, replica)
          }
        }
      },
      heal: stopReplicas,
    },
  },
  {
    name: 'replicas-kill-one',
    about: 'two replicas of everything; kill -9 of the first of each at once',
    brokers: 3,
    holdMs: 1000,
    fault: {
      inject: async (scene) => {
        await startReplicas(scene)
        await Promise.all(DOUBLED.map((name) => scene.rig.fleet.kill(name)))
      },
      heal: async (scene) => {
        await Promise.all(DOUBLED.map((name) => scene.rig.fleet.start(name)))
        await stopReplicas(scene)
      },
    },
  },
]
