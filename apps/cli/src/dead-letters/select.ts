import { DEAD_LETTER_TOPIC } from '@pegel/pipeline'
import type { LetterSummary } from '@pegel/pipeline'
import { cliErrors } from '../errors.ts'
import { parseTime } from '../times.ts'

/** As the command line gives them. */
export interface LetterOptions {
  readonly tenant?: string
  readonly sink?: string
  readonly stage?: string
  readonly reason?: string
  readonly from?: string
  readonly to?: string
  readonly id?: readonly string[]
  readonly limit?: string | undefined
  /** Settled ones, too. */
  readonly all?: boolean
}

interface Place {
  readonly topic: string
  readonly partition: number
  readonly offset: number
}

/** The letters that the options name, oldest first, up to the limit. Times are those at which letters were written. */
export function selectLetters(letters: readonly LetterSummary[], options: LetterOptions): readonly LetterSummary[] {
  const { tenant, sink, stage, reason, from, to, id = [], all = false } = options
  const places = id.map(placeOf)
  const fromMs = from === undefined ? 0 : parseTime('--from', from)
  const toMs = to === undefined ? Infinity : parseTime('--to', to)
  const chosen = letters.filter(
    (letter) =>
      (all || letter.settled === '') &&
      (tenant === undefined || letter.tenant === tenant) &&
      (sink === undefined || letter.sink === sink) &&
      (stage === undefined || letter.stage === stage) &&
      (reason === undefined || letter.reasons.some((known) => known.reason === reason)) &&
      letter.writtenAtMs >= fromMs &&
      letter.writtenAtMs < toMs &&
      (places.length === 0 || places.some((place) => isAt(letter, place))),
  )
  return chosen.slice(0, limitOf(options))
}

export function limitOf({ limit }: Pick<LetterOptions, 'limit'>): number {
  const count = limit === undefined ? Infinity : Number(limit)
  if (count >= 1) return count
  throw cliErrors.bad_option({ option: '--limit', problem: 'not a number above 0' })
}

/** `3@17` and `pegel.dead-letters.v1/3@17` name a letter; with another topic, the source record. */
function placeOf(text: string): Place {
  const [, topic = DEAD_LETTER_TOPIC, partition, offset] = /^(?:(.+)\/)?(\d{1,9})@(\d{1,15})$/.exec(text) ?? []
  if (partition === undefined || offset === undefined)
    throw cliErrors.bad_option({ option: '--id', problem: `${text} is not topic/partition@offset` })
  return { topic, partition: Number(partition), offset: Number(offset) }
}

function isAt({ partition, offset, source }: LetterSummary, place: Place): boolean {
  const at = place.topic === DEAD_LETTER_TOPIC ? { topic: DEAD_LETTER_TOPIC, partition, offset } : source
  return at.topic === place.topic && at.partition === place.partition && at.offset === place.offset
}
