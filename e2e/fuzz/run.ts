import { setTimeout as sleep } from 'node:timers/promises'
import type { Attack } from './attack.ts'
import { Chance } from './chance.ts'
import type { FuzzOptions } from './options.ts'
import type { World } from './world.ts'

export interface AttackRun extends Pick<FuzzOptions, 'forMs' | 'seed' | 'attempt'> {
  readonly chosen: readonly Attack[]
}

export interface Attacked {
  /** Attempts by attack. */
  readonly attempts: ReadonlyMap<string, number>
  readonly findings: readonly Finding[]
}

export interface Finding {
  readonly attack: string
  /** With what makes it happen again. */
  readonly text: string
}

/** Of each attack, however slow the machine is. */
const MIN_ATTEMPTS = 3
/** Between attempts as long as the last one took: what is broken shall be Pegel, not the machine. */
const MAX_REST_MS = 1000
/** Of one attack: more of the same say no more. */
const MAX_FINDINGS = 5

/** Runs all attacks side by side until the time is over and each was tried a few times, or one attempt alone. */
export async function attackAll(world: World, { chosen, forMs, seed, attempt }: AttackRun): Promise<Attacked> {
  const attempts = new Map<string, number>(chosen.map(({ name }) => [name, 0]))
  const findings: Finding[] = []
  const endMs = performance.now() + forMs
  const tryOnce = async (attack: Attack, number: number): Promise<boolean> => {
    try {
      await attack.attempt(world, new Chance(seed, attack.name, number))
      return true
    } catch (error) {
      const what = error instanceof Error ? error.message : String(error)
      const again = `--seed ${seed} --only ${attack.name} --attempt ${number}`
      findings.push({ attack: attack.name, text: `${attack.name}: ${what} (${again})` })
      return false
    }
  }
  const work = async (attack: Attack): Promise<void> => {
    let found = 0
    for (;;) {
      const number = attempts.get(attack.name) ?? 0
      if (found >= MAX_FINDINGS || (performance.now() >= endMs && number >= MIN_ATTEMPTS)) return
      attempts.set(attack.name, number + 1)
      const startedMs = performance.now()
      if (!(await tryOnce(attack, number))) found += 1
      await sleep(Math.min(MAX_REST_MS, performance.now() - startedMs))
    }
  }
  const [only] = chosen
  if (attempt !== undefined && only !== undefined) {
    attempts.set(only.name, 1)
    await tryOnce(only, attempt)
  } else await Promise.all(chosen.flatMap((attack) => Array.from({ length: attack.workers ?? 1 }, () => work(attack))))
  return { attempts, findings }
}
