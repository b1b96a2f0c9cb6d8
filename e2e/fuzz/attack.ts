import type { Chance } from './chance.ts'
import type { World } from './world.ts'

export interface Attack {
  readonly name: string
  readonly about: string
  /** Attempts at a time. Default 1. */
  readonly workers?: number
  /** It mostly waits, and keeps nobody busy. Default false. */
  readonly waits?: boolean
  /** One attempt. Rejects with what went wrong: a finding. */
  attempt(world: World, chance: Chance): Promise<void>
}

/** What is not answered after so long never is, also where many processes share two cores. */
export const DEADLINE_MS = 60_000

/** Rejects when nothing comes in time. */
export async function answered<T>(what: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer to ${what} within ${DEADLINE_MS} ms`)), DEADLINE_MS)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
