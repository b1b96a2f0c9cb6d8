import { randomUUID } from 'node:crypto'
import { raisedAlert } from '@pegel/alerting'
import type { Asker } from '@pegel/alerting'
import type { AlertActionRecord, AlertRecord } from '@pegel/contracts'
import { parseMatchers } from '@pegel/tenancy'
import type { Matcher } from '@pegel/tenancy'
import { alertsErrors } from './errors.ts'
import type { Override, Silence, Trigger } from './schemas.ts'

const SOURCE = 'gateway'

/** What somebody raises through the API. */
export function triggerRecord(trigger: Trigger, asker: Pick<Asker, 'tenant' | 'nowMs'>): AlertRecord {
  const { name, severity, status, id, labels, summary, description } = trigger
  const { starts_at: startsAtMs, ends_at: endsAtMs, generator_url: generatorUrl } = trigger
  const annotations = {
    ...trigger.annotations,
    ...(summary === undefined ? {} : { summary }),
    ...(description === undefined ? {} : { description }),
  }
  return raisedAlert(
    { name, severity, status, id, labels, annotations, startsAtMs, endsAtMs, generatorUrl },
    SOURCE,
    asker,
  )
}

/** @throws alertsErrors.malformed for a matcher that is none */
export function silencePart(
  silence: Silence,
  nowMs: number,
): Pick<AlertActionRecord, 'silence'> & { silenceId: string } {
  const { id: silenceId = randomUUID(), starts_at: startsAtMs = nowMs, ends_at: endsAtMs, comment } = silence
  return {
    silenceId,
    silence: { silenceId, matchers: silence.matchers.flatMap(readMatchers), startsAtMs, endsAtMs, comment },
  }
}

export function overridePart(
  override: Override,
  nowMs: number,
): Pick<AlertActionRecord, 'override'> & { overrideId: string } {
  const { id: overrideId = randomUUID(), schedule, person } = override
  const { starts_at: fromMs = nowMs, ends_at: untilMs } = override
  return { overrideId, override: { overrideId, schedule, person, fromMs, untilMs } }
}

function readMatchers(text: string): readonly Matcher[] {
  const parsed = parseMatchers(text)
  if (parsed.matchers === undefined) throw alertsErrors.malformed({ problem: `matchers: ${parsed.problem}` })
  return parsed.matchers
}
