import { setTimeout as sleep } from 'node:timers/promises'
import { createRandom } from '../../../bench/support/random.ts'
import type { Scenario } from './scenario.ts'

const BETWEEN_MS = 1000

/** Two faults at a time, the second while the first lasts; which ones follows from the seed. */
export function pairsOf(scenarios: readonly Scenario[], count: number, seed: number): readonly Scenario[] {
  // Those that bring a load of their own say nothing about two faults.
  const single = scenarios.filter(({ load }) => load === undefined)
  const random = createRandom(seed)
  const pick = (from: readonly Scenario[]): Scenario | undefined => from[Math.floor(random.uniform() * from.length)]
  const pairs: Scenario[] = []
  while (pairs.length < count) {
    const first = pick(single)
    const second = pick(single.filter((each) => each !== first && each.brokers === first?.brokers))
    if (first === undefined || second === undefined)
      throw new TypeError('a pair takes two scenarios of one kind of stack')
    pairs.push(together(first, second))
  }
  return pairs
}

function together(first: Scenario, second: Scenario): Scenario {
  const disk = first.disk ?? second.disk
  return {
    name: `${first.name}+${second.name}`,
    about: `${first.about}; a second later ${second.about}`,
    brokers: first.brokers,
    holdMs: Math.max(first.holdMs ?? 0, second.holdMs ?? 0, BETWEEN_MS),
    ...(disk === undefined ? {} : { disk }),
    ...((first.mayRefuse ?? second.mayRefuse) ? { mayRefuse: true as const } : {}),
    fault: {
      async inject(scene) {
        await first.fault.inject(scene)
        await sleep(BETWEEN_MS)
        await second.fault.inject(scene)
      },
      async heal(scene) {
        await first.fault.heal(scene)
        await second.fault.heal(scene)
      },
    },
  }
}
