import type { KafkaBroker } from '../../../tools/stack/index.ts'
import type { Rig } from '../rig/rig.ts'
import { leadersOf, moveLeaders } from './kafka-admin.ts'
import type { Scenario, Scene } from './scenario.ts'

/** The broker that was broken, for the one who mends it. */
class Victim {
  #broken: readonly KafkaBroker[] = []

  async kill(brokers: readonly (KafkaBroker | undefined)[]): Promise<void> {
    this.#broken = brokers.filter((broker) => broker !== undefined)
    await Promise.all(this.#broken.map((broker) => broker.kill()))
  }

  async restart(): Promise<void> {
    await Promise.all(this.#broken.map((broker) => broker.restart()))
  }

  freeze(broker: KafkaBroker | undefined): void {
    this.#broken = broker === undefined ? [] : [broker]
    this.#signal('SIGSTOP')
  }

  thaw(): void {
    this.#signal('SIGCONT')
  }

  #signal(name: NodeJS.Signals): void {
    for (const { pid, alive } of this.#broken) if (alive) process.kill(pid, name)
  }
}

function anyOf({ rig, random }: Scene): KafkaBroker | undefined {
  const { brokers } = rig.cluster.kafka
  return brokers[Math.floor(random.uniform() * brokers.length)]
}

/** Who leads the first partition of a topic. */
async function leaderOf({ cluster, prefix }: Rig, topic: string): Promise<KafkaBroker | undefined> {
  const [leader] = await leadersOf(cluster.kafka.url, prefix + topic)
  return cluster.kafka.brokers.find(({ nodeId }) => nodeId === leader)
}

function killing(
  options: Pick<Scenario, 'name' | 'about'> & {
    readonly brokers?: 1 | 3
    readonly smoke?: true
    readonly holdMs?: number
    readonly choose: (scene: Scene) => Promise<readonly (KafkaBroker | undefined)[]>
  },
): Scenario {
  const { choose, brokers = 3, holdMs = 5000, ...rest } = options
  const victim = new Victim()
  return {
    ...{ ...rest, brokers, holdMs },
    fault: {
      inject: async (scene) => victim.kill(await choose(scene)),
      heal: () => victim.restart(),
    },
  }
}

function freezing(options: Pick<Scenario, 'name' | 'about' | 'brokers' | 'holdMs'>): Scenario {
  const victim = new Victim()
  return {
    ...options,
    fault: {
      inject: (scene) => {
        victim.freeze(anyOf(scene))
      },
      heal: () => {
        victim.thaw()
      },
    },
  }
}

export const BROKER_SCENARIOS: readonly Scenario[] = [
  killing({
    name: 'broker-restart',
    about: 'kill -9 of the only broker; started again two seconds later',
    ...{ brokers: 1, holdMs: 2000 },
    choose: ({ rig }) => Promise.resolve(rig.cluster.kafka.brokers),
  }),
  freezing({
    name: 'broker-freeze-only',
    about: 'SIGSTOP of the only broker for 6 s',
    ...{ brokers: 1, holdMs: 6000 },
  }),
  killing({
    name: 'broker-kill-leader',
    about: 'kill -9 of the broker that leads the first partition of ingest',
    smoke: true,
    choose: async ({ rig }) => [await leaderOf(rig, 'pegel.ingest.v1')],
  }),
  killing({
    name: 'broker-kill-any',
    about: 'kill -9 of one broker of three, whichever the seed says',
    choose: (scene) => Promise.resolve([anyOf(scene)]),
  }),
  killing({
    name: 'broker-kill-two',
    about: 'kill -9 of two brokers of three: nothing can be written any more',
    choose: ({ rig }) => Promise.resolve(rig.cluster.kafka.brokers.slice(1)),
  }),
  freezing({
    name: 'broker-freeze',
    about: 'SIGSTOP of one broker of three for 10 s, longer than its session with the controller',
    ...{ brokers: 3, holdMs: 10_000 },
  }),
  {
    name: 'broker-rolling-restart',
    about: 'each of three brokers is asked to end and started again, one after another',
    ...{ brokers: 3, holdMs: 0 },
    fault: {
      inject: async ({ rig }) => {
        for (const broker of rig.cluster.kafka.brokers) await broker.restart()
      },
      heal: () => undefined,
    },
  },
  {
    name: 'leader-moved',
    about: 'every data partition is taken from its leader and given to another broker, then back',
    ...{ brokers: 3, holdMs: 2000 },
    fault: {
      inject: ({ rig }) => moveLeaders(rig, 'away'),
      heal: ({ rig }) => moveLeaders(rig, 'back'),
    },
  },
]
