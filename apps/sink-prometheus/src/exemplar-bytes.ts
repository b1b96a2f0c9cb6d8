import type { Exemplar } from '@pegel/contracts'
import { encodePairs } from './label-bytes.ts'
import { labelName } from './metric-name.ts'
import { varintSize, writeVarint } from './varint.ts'

/** OpenMetrics: names and values of an exemplar's labels together. Over it, receivers refuse the exemplar. */
const MAX_LABEL_CHARS = 128

/** prompb.Exemplar: labels = 1, value = 2, timestamp = 3. Attributes that no longer fit are left out, the trace stays. */
export function encodeExemplar(exemplar: Exemplar): Buffer {
  const { traceId, spanId, value, timeMs } = exemplar
  const pairs: (readonly [string, string])[] = [
    ['trace_id', traceId],
    ['span_id', spanId],
  ]
  let chars = pairs.reduce((sum, [name, text]) => sum + (text === '' ? 0 : name.length + text.length), 0)
  for (const attribute of exemplar.attributes) {
    const pair = [labelName(attribute.key), attribute.value] as const
    chars += pair[0].length + pair[1].length
    if (chars > MAX_LABEL_CHARS) break
    pairs.push(pair)
  }
  const tail = Buffer.allocUnsafe(10 + varintSize(timeMs))
  tail[0] = 0x11
  tail.writeDoubleLE(value, 1)
  tail[9] = 0x18
  writeVarint(tail, 10, timeMs)
  return Buffer.concat([encodePairs(pairs, 0x0a), tail])
}
