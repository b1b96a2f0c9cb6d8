import { keptRecord } from '@pegel/pipeline'
import type { LetterSummary, ReplayNote } from '@pegel/pipeline'
import type { CliContext } from '../context.ts'
import { ReplaySender } from '../replay/sender.ts'
import type { Sent } from '../replay/sender.ts'
import type { OpenLetters } from './read.ts'
import { readLetters } from './read.ts'

export interface LetterReplay {
  readonly open: OpenLetters
  readonly chosen: readonly LetterSummary[]
  readonly replayId: string
  readonly pointsPerSecond: number
}

/** Letters that a sink can be given again: those of sinks, with their value. */
export function canReplay({ stage, sizeBytes }: LetterSummary): boolean {
  return stage === 'sink' && sizeBytes > 0
}

/** Sends the source records of letters to their sinks again. A letter is settled by the sink, once all of it is stored. */
export async function replayLetters(
  { note }: Pick<CliContext, 'note'>,
  { open, chosen, replayId, pointsPerSecond }: LetterReplay,
): Promise<Sent> {
  const onSent = ({ records, points }: Sent): void => note(`${records} records, ${points} points sent`)
  const sender = new ReplaySender({ ...open, pointsPerSecond, onSent })
  try {
    for await (const { summary, letter } of readLetters(open, chosen))
      await sender.add(keptRecord(letter), letter.sink, noteOf(summary, replayId))
    return await sender.finish()
  } finally {
    await sender.close()
  }
}

function noteOf({ tenant, refused, late }: LetterSummary, replayId: string): ReplayNote {
  return { replayId, letterTenant: tenant, written: refused >= 0, late: new Set(late) }
}
