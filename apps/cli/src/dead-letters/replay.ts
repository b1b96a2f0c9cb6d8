import { PEGEL_TENANT } from '@pegel/contracts'
import { keptRecord, throughEnricher } from '@pegel/pipeline'
import type { LetterSummary, ReplayNote } from '@pegel/pipeline'
import type { CliContext } from '../context.ts'
import { readTenantRecord } from '@pegel/tenancy'
import { readNewest } from '../replay/plan.ts'
import { ReplaySender } from '../replay/sender.ts'
import type { Sent } from '../replay/sender.ts'
import { idOf } from './print.ts'
import type { OpenLetters } from './read.ts'
import { readLetters } from './read.ts'

export interface LetterReplay {
  readonly open: OpenLetters
  readonly chosen: readonly LetterSummary[]
  readonly replayId: string
  readonly pointsPerSecond: number
}

/** Letters that can be tried again: with their value, and of a tenant. */
export function canReplay({ stage, sizeBytes, tenant }: LetterSummary): boolean {
  return sizeBytes > 0 && (stage === 'sink' || tenant !== PEGEL_TENANT)
}

/**
 * Sends the source records of letters again: to the sink that refused them, or through the enricher, by the newest version of the tenant's file, to
 * the sinks that it names. A letter is settled by the sink once all of it is stored, or by the enricher once it could be read.
 */
export async function replayLetters(
  { note }: Pick<CliContext, 'note'>,
  { open, chosen, replayId, pointsPerSecond }: LetterReplay,
): Promise<Sent> {
  const onSent = ({ records, points }: Sent): void => note(`${records} records, ${points} points sent`)
  const sender = new ReplaySender({ ...open, pointsPerSecond, onSent })
  const known = new Map<string, Route>()
  const routeOf = async (tenant: string): Promise<Route> => {
    const route = known.get(tenant) ?? (await routeTo(open, tenant))
    known.set(tenant, route)
    return route
  }
  try {
    for await (const { summary, letter } of readLetters(open, chosen)) {
      const record = keptRecord(letter)
      const what = noteOf(summary, replayId)
      if (letter.stage === 'sink') await sender.add(record, letter.sink, what)
      else {
        const { sinks, version } = await routeOf(letter.tenant)
        if (sinks.length === 0)
          note(`${idOf(summary)}: ${letter.tenant} is no tenant, or has no sinks; the letter stays open`)
        for (const sink of sinks) await sender.add(record, throughEnricher(sink), { ...what, version })
      }
    }
    return await sender.finish()
  } finally {
    await sender.close()
  }
}

/** Where the newest version of the tenant's file routes to. */
interface Route {
  readonly sinks: readonly string[]
  readonly version: number
}

async function routeTo({ kafka }: OpenLetters, tenant: string): Promise<Route> {
  const newest = await readNewest(kafka, tenant)
  const read = newest === undefined ? undefined : readTenantRecord(newest)
  return { sinks: read?.status === 'read' ? (read.config?.sinks ?? []) : [], version: newest?.version ?? 0 }
}

function noteOf({ stage, tenant, refused, late }: LetterSummary, replayId: string): ReplayNote {
  return { replayId, letterTenant: tenant, written: stage === 'sink' && refused >= 0, late: new Set(late) }
}
