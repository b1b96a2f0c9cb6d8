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
/** Attempts at a time: what is tried is Pegel, not how a small machine is shared. Those that mostly wait come on top. */
const AT_ONCE = 3
/** Of one attack: more of the same say no more. */
const MAX_FINDINGS = 5

interface Progress {
  readonly attack: Attack
  attempts: number
  findings: number
  running: number
  spentMs: number
}

/** Runs all attacks side by side until the time is over and each was tried a few times, or one attempt alone. */
export async function attackAll(world: World, { chosen, forMs, seed, attempt }: AttackRun): Promise<Attacked> {
  const all = chosen.map((attack) => ({ attack, attempts: 0, findings: 0, running: 0, spentMs: 0 }))
  const findings: Finding[] = []
  const endMs = performance.now() + forMs
  const tryOnce = async (progress: Progress, number: number): Promise<void> => {
    const { attack } = progress
    const startedMs = performance.now()
    progress.attempts += 1
    progress.running += 1
    try {
      await attack.attempt(world, new Chance(seed, attack.name, number))
    } catch (error) {
      const what = error instanceof Error ? error.message : String(error)
      const again = `--seed ${seed} --only ${attack.name} --attempt ${number}`
      findings.push({ attack: attack.name, text: `${attack.name}: ${what} (${again})` })
      progress.findings += 1
    }
    progress.running -= 1
    progress.spentMs += performance.now() - startedMs
  }
  const isOver = ({ attempts, findings: found }: Progress): boolean =>
    found >= MAX_FINDINGS || (performance.now() >= endMs && attempts >= MIN_ATTEMPTS)
  /** Whoever had the least time is next. */
  const nextOf = (some: readonly Progress[]): Progress | undefined => {
    const free = some.filter((each) => each.running < (each.attack.workers ?? 1) && !isOver(each))
    return free.reduce<Progress | undefined>(
      (least, each) => (least && least.spentMs <= each.spentMs ? least : each),
      undefined,
    )
  }
  const work = async (some: readonly Progress[]): Promise<void> => {
    for (let next = nextOf(some); next !== undefined; next = nextOf(some)) await tryOnce(next, next.attempts)
  }
  const [only] = all
  if (attempt !== undefined && only !== undefined) await tryOnce(only, attempt)
  else {
    const busy = all.filter(({ attack }) => attack.waits !== true)
    const waiting = all.filter(({ attack }) => attack.waits === true)
    await Promise.all([...waiting.map((each) => work([each])), ...Array.from({ length: AT_ONCE }, () => work(busy))])
  }
  return { attempts: new Map(all.map((each) => [each.attack.name, each.attempts])), findings }
}
