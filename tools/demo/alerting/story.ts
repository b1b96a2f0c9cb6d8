import type { Mail } from './mail.ts'

const RULE = 'alertmanager'
const DETECTOR = 'anomaly-detector'

export interface StoryDemands {
  /** Whether there was a Prometheus with rules. */
  readonly rules: boolean
  /** Whether all must have come, in one mail: not amid chaos, where one of the two may be late, and its fault be over by then. */
  readonly together: boolean
}

export interface Story {
  readonly summary: string
  readonly problems: readonly string[]
}

/**
 * What the mails tell of the shop’s fault: told, escalated, acknowledged, resolved. A machine that is busy makes alerts of its own, which come
 * and go: of all that was told, the story with the fewest problems is the fault’s.
 */
export function storyOf(all: readonly Mail[], demands: StoryDemands): Story {
  const wanted = demands.rules ? [RULE, DETECTOR] : [DETECTOR]
  const stories = [...occurrencesOf(all), []].map((mails) => tell({ mails, all, wanted }, demands))
  return stories.reduce((best, story) => (story.problems.length < best.problems.length ? story : best))
}

interface Told {
  /** Of one group, from its first mail to the one that says that it is over. */
  readonly mails: readonly Mail[]
  readonly all: readonly Mail[]
  readonly wanted: readonly string[]
}

function tell({ mails, all, wanted }: Told, { together }: StoryDemands): Story {
  const holds = (some: readonly Mail[]): boolean => {
    const has = (source: string): boolean => some.some(({ alerts }) => alerts.some((alert) => alert.source === source))
    return together ? wanted.every(has) : wanted.some(has)
  }
  const firing = mails.filter(({ event }) => event === 'firing')
  const notice = firing.find(({ step }) => step === 0)
  const escalated = firing.find(({ step }) => step > 0)
  const resolved = mails.findLast(({ event }) => event === 'resolved')
  const inOne = firing.some((mail) => holds([mail]))
  const isMissing: readonly (readonly [boolean, string])[] = [
    [notice === undefined, 'nobody was told of the shop’s fault'],
    [together && !inOne, `no mail has ${wanted.join(' and ')} together`],
    [!holds(mails), `the mails do not have alerts of ${wanted.join(' and ')}`],
    [escalated === undefined, 'nobody on call was told'],
    [!mails.some(({ event }) => event === 'acknowledged'), 'nobody was told that somebody takes care'],
    [together && firing.some(({ step }) => step > 1), 'it was escalated after it had been acknowledged'],
    [resolved === undefined, 'nobody was told that it is over'],
  ]
  const problems = isMissing.flatMap(([missing, problem]) => (missing ? [problem] : []))
  if (problems.length > 0) return { summary: 'Alerts: NOT AS IT SHOULD BE', problems }
  const since = (mail: Mail | undefined): string => `${(((mail?.atMs ?? 0) - (notice?.atMs ?? 0)) / 1000).toFixed(1)} s`
  const told = `${namesOf(together ? firing : all)} ${inOne ? 'in one mail' : 'told'}`
  const step = `escalated to ${escalated?.to.join() ?? ''} after ${since(escalated)}`
  return { problems, summary: `Alerts: ${told}, ${step}, acknowledged by link, resolved after ${since(resolved)}` }
}

/** Whether the story has come to its end. */
export function isOver(all: readonly Mail[], demands: StoryDemands): boolean {
  return storyOf(all, demands).problems.length === 0
}

/** The mails of each group, from its first to the one that says that it is over. Mails that came twice under one id count once. */
function occurrencesOf(all: readonly Mail[]): readonly (readonly Mail[])[] {
  const mails = [...new Map(all.map((mail) => [`${mail.id} ${mail.to.join()}`, mail])).values()]
  const rows: Mail[][] = []
  const current = new Map<string, Mail[]>()
  for (const mail of mails) {
    const row = current.get(mail.group)
    const isNew = row === undefined || (mail.event === 'firing' && row.at(-1)?.event === 'resolved')
    if (isNew) {
      const begun = [mail]
      rows.push(begun)
      current.set(mail.group, begun)
    } else row.push(mail)
  }
  return rows
}

const KINDS: Readonly<Record<string, string>> = { [RULE]: 'rule', [DETECTOR]: 'detector' }

function namesOf(mails: readonly Mail[]): string {
  const names = mails.flatMap(({ alerts }) => alerts).map(({ name, source }) => `${name} (${KINDS[source] ?? source})`)
  return [...new Set(names)].join(' and ')
}
