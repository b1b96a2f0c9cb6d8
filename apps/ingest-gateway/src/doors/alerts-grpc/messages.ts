import { alertsErrors } from '../../alerts/index.ts'
import { WireReader } from '../../wire/wire-reader.ts'
import { encodeMessage } from '../otlp-http/protobuf-writer.ts'

/** Messages of pegel.alerts.v1 (libs/contracts/proto/pegel/alerts/v1/alerts.proto). */

const ALERTS = 0x0a // TriggerRequest.alerts = 1
const BYTES = 2
const TEXTS: ReadonlyMap<number, string> = new Map([
  [1, 'name'],
  [2, 'severity'],
  [3, 'tenant_id'],
  [4, 'status'],
  [5, 'id'],
  [8, 'summary'],
  [9, 'description'],
  [12, 'generator_url'],
])
const MAPS: ReadonlyMap<number, string> = new Map([
  [6, 'labels'],
  [7, 'annotations'],
])
const TIMES: ReadonlyMap<number, string> = new Map([
  [10, 'starts_at'],
  [11, 'ends_at'],
])

type Alert = Record<string, unknown>

/**
 * A TriggerRequest as the JSON that the HTTP door takes, so that one schema judges both. Empty texts are left out, as proto3 cannot tell
 * them from texts that were not given.
 * @throws alertsErrors.malformed
 */
export function readTriggerRequest(message: Buffer): readonly Alert[] {
  const reader = new WireReader(message, malformed)
  const alerts: Alert[] = []
  while (reader.pos < reader.end) {
    const tag = reader.tag()
    if (tag === ALERTS) within(reader, () => alerts.push(readAlert(reader)))
    else reader.skip(tag)
  }
  return alerts
}

/** TriggerResponse */
export function triggerResponse(taken: readonly { readonly id: string; readonly fingerprint: string }[]): Buffer {
  return encodeMessage(
    taken.map(({ id, fingerprint }) => {
      const alert = encodeMessage([
        [1, id],
        [2, fingerprint],
      ])
      return [1, alert]
    }),
  )
}

function readAlert(reader: WireReader): Alert {
  const alert: Alert = {}
  const maps = new Map<string, [string, string][]>()
  while (reader.pos < reader.end) {
    const tag = reader.tag()
    const field = tag >>> 3
    const [text, map, time] = [TEXTS.get(field), MAPS.get(field), TIMES.get(field)]
    if ((tag & 7) !== BYTES) reader.skip(tag)
    else if (text !== undefined) {
      const value = reader.string()
      if (value !== '') alert[text] = value
    } else if (map !== undefined) {
      const entries = maps.get(map) ?? []
      within(reader, () => entries.push(readEntry(reader)))
      maps.set(map, entries)
    } else if (time !== undefined) within(reader, () => (alert[time] = readTime(reader)))
    else reader.skip(tag)
  }
  for (const [name, entries] of maps) alert[name] = Object.fromEntries(entries)
  return alert
}

function readEntry(reader: WireReader): [string, string] {
  const entry: [string, string] = ['', '']
  while (reader.pos < reader.end) {
    const tag = reader.tag()
    if (tag === 0x0a) entry[0] = reader.string()
    else if (tag === 0x12) entry[1] = reader.string()
    else reader.skip(tag)
  }
  return entry
}

/** A google.protobuf.Timestamp as RFC 3339 text, to the millisecond. */
function readTime(reader: WireReader): string {
  let [seconds, nanos] = [0, 0]
  while (reader.pos < reader.end) {
    const tag = reader.tag()
    if (tag !== 0x08 && tag !== 0x10) reader.skip(tag)
    else {
      reader.varint()
      if (tag === 0x08) seconds = reader.signed()
      else nanos = reader.signed()
    }
  }
  const date = new Date(seconds * 1000 + Math.floor(nanos / 1e6))
  return Number.isNaN(date.getTime()) ? malformed('a time that is none') : date.toISOString()
}

function within(reader: WireReader, read: () => unknown): void {
  const outer = reader.enter()
  read()
  reader.leave(outer)
}

function malformed(problem: string): never {
  throw alertsErrors.malformed({ problem })
}
