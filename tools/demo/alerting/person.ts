import { setTimeout as sleep } from 'node:timers/promises'
import type { Mail } from './mail.ts'

export interface Person {
  /** Given every mail that comes. */
  read(mail: Mail): void
  /** Resolves what is not resolved yet by the link of the newest mail. */
  resolve(): Promise<void>
}

export interface PersonOptions {
  readonly say: (line: string) => void
  readonly signal: AbortSignal
}

const TRIES = 60
const TRY_EVERY_MS = 1000

/** Somebody on call who reads mail: acknowledges what reaches them by escalation, by the link in it. */
export function createPerson({ say, signal }: PersonOptions): Person {
  const acknowledged = new Set<string>()
  const open = new Map<string, Mail>()
  const follow = async (name: string, { links }: Mail): Promise<void> => {
    const link = links[name]
    if (link === undefined) throw new Error(`the mail has no link to ${name.toLowerCase()}`)
    for (let tries = 1; !signal.aborted; tries += 1) {
      // The page asks, its button posts; a gateway that is away comes back.
      try {
        await press(link)
        return
      } catch (error) {
        if (tries === TRIES) throw error
      }
      await sleep(TRY_EVERY_MS, undefined, { signal }).catch(() => undefined)
    }
  }
  return {
    read(mail) {
      say(`  mail to ${mail.to.join(', ')}: ${mail.subject}`)
      if (mail.event === 'resolved') {
        open.delete(mail.group)
        acknowledged.delete(mail.group)
      }
      if (mail.event !== 'firing') return
      open.set(mail.group, mail)
      if (mail.step === 0 || acknowledged.has(mail.group)) return
      acknowledged.add(mail.group)
      follow('Acknowledge', mail).catch((error: unknown) => {
        say(`  nobody could acknowledge: ${error instanceof Error ? error.message : String(error)}`)
      })
    },
    async resolve() {
      for (const mail of open.values()) await follow('Resolve', mail)
    },
  }
}

async function press(link: string): Promise<void> {
  const page = await fetch(link)
  if (!(await page.text()).includes('<form method="post">'))
    throw new Error(`${link} answers ${page.status}, no button`)
  const done = await fetch(link, { method: 'POST' })
  if (!done.ok) throw new Error(`${link} answers ${done.status}`)
}
