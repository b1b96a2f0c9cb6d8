import type { LetterSummary } from '@pegel/pipeline'
import { formatTable } from '../table.ts'
import type { DecodedLetter, RefusedPoint } from './refused-points.ts'

const MAX_POINTS = 50
const MAX_MESSAGE = 80

/** One row a letter. */
export function formatLetters(letters: readonly LetterSummary[], total: number): string {
  const rows = letters.map((letter) => [
    idOf(letter),
    new Date(letter.writtenAtMs).toISOString(),
    letter.tenant,
    whereOf(letter),
    sourceOf(letter),
    refusedOf(letter),
    letter.reasons.map(({ reason, count }) => (count === 1 ? reason : `${reason} x${count}`)).join(', '),
    letter.settled === '' ? 'open' : letter.settled,
    short(letter.message),
  ])
  const more = total > letters.length ? `and ${total - letters.length} more; see --limit\n` : ''
  return `${formatTable(['ID', 'AT', 'TENANT', 'AT_STAGE', 'SOURCE', 'REFUSED', 'WHY', 'STATE', 'MESSAGE'], rows)}${more}`
}

/** A letter in full. */
export function formatLetter(letter: LetterSummary, { problem, points }: DecodedLetter): string {
  const head = `${idOf(letter)}: ${letter.tenant} at ${whereOf(letter)}, ${refusedOf(letter)} of ${sourceOf(letter)}, ${letter.settled || 'open'}\n`
  const undecoded = problem === '' ? '' : `The record cannot be decoded: ${problem}\n`
  const rows = points
    .slice(0, MAX_POINTS)
    .map((point) => [String(point.point), point.reason, seriesOf(point), point.at, valueOf(point), point.message])
  const more = points.length > MAX_POINTS ? `and ${points.length - MAX_POINTS} more points; --json has all\n` : ''
  return `${head}${undecoded}${formatTable(['POINT', 'WHY', 'SERIES', 'TIME', 'VALUE', 'MESSAGE'], rows)}${more}`
}

export function idOf({ partition, offset }: Pick<LetterSummary, 'partition' | 'offset'>): string {
  return `${partition}@${offset}`
}

function sourceOf({ source: { topic, partition, offset } }: LetterSummary): string {
  return `${topic}/${partition}@${offset}`
}

function whereOf({ stage, sink }: LetterSummary): string {
  return sink === '' ? stage : `${stage} ${sink}`
}

function refusedOf({ refused }: LetterSummary): string {
  return refused < 0 ? 'whole record' : `${refused} points`
}

function seriesOf({ name, labels, resource }: RefusedPoint): string {
  const all = Object.entries({ ...resource, ...labels })
  return all.length === 0 ? name : `${name}{${all.map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(',')}}`
}

function valueOf({ value }: RefusedPoint): string {
  return value === null ? '' : typeof value === 'number' ? String(value) : JSON.stringify(value)
}

function short(message: string): string {
  const line = message.replaceAll(/\s+/g, ' ')
  return line.length <= MAX_MESSAGE ? line : `${line.slice(0, MAX_MESSAGE - 1)}…`
}
