import { setTimeout as sleep } from 'node:timers/promises'
import type { Mailbox } from './mailbox.ts'
import type { Person } from './person.ts'
import { isOver, storyOf } from './story.ts'

export interface JudgeAlertsOptions {
  readonly mailbox: Pick<Mailbox, 'mails'>
  readonly person: Person
  readonly say: (line: string) => void
  /** Whether a router and a detector ran at all. */
  readonly watched: boolean
  /** Whether the whole story must have happened: a run that is too short may miss its end. */
  readonly demanded: boolean
  /** Whether there was a Prometheus with rules. */
  readonly rules: boolean
  /** The fault lasted to the end, and all was killed meanwhile: somebody resolves by hand, and all may take its time. */
  readonly chaos: boolean
}

/** A mail that failed while all was killed goes out again after its backoff. */
const OVER_MS = 45_000
const CHAOS_MS = 60_000

/** True when somebody was told of the shop's fault, it was escalated, acknowledged by link and resolved. */
export async function judgeAlerts(options: JudgeAlertsOptions): Promise<boolean> {
  const { mailbox, person, say, watched, demanded, rules, chaos } = options
  if (!watched) return true
  const { mails } = mailbox
  if (demanded && chaos) {
    await untilTrue(() => mails.some(({ event }) => event === 'acknowledged'), CHAOS_MS)
    await person.resolve()
  }
  const demands = { rules, together: !chaos }
  if (demanded) await untilTrue(() => isOver(mails, demands), OVER_MS)
  const { summary, problems } = storyOf(mails, demands)
  if (!demanded && problems.length > 0) {
    say(`Alerts: ${mails.length} mails; too short a run to see all of it`)
    return true
  }
  say(summary)
  for (const problem of problems) say(`  ${problem}`)
  return problems.length === 0
}

async function untilTrue(condition: () => boolean, withinMs: number): Promise<void> {
  for (const endMs = Date.now() + withinMs; !condition() && Date.now() < endMs;) await sleep(100)
}
