import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Scene } from './scenario.ts'

/** Of a record batch (format 2): offset, length, leader epoch, magic, checksum; then what is summed; 61 bytes before the records. */
const LENGTH_AT = 8
const LAST_DELTA_AT = 23
const HEADER_BYTES = 61

/** Turns a byte in the first whole batch from an offset on, while the broker is down: it trusts what is on its disk. */
export async function damageBatch(
  { rig, random }: Scene,
  at: { readonly topic: string; readonly partition: number; readonly from: number },
): Promise<{ readonly from: number; readonly to: number }> {
  const [broker] = rig.cluster.kafka.brokers
  if (broker === undefined) throw new Error('this takes a broker of our own')
  await broker.kill('SIGTERM')
  const dir = join(rig.dir, 'kafka', `broker-${broker.nodeId}`, 'log', `${rig.prefix}${at.topic}-${at.partition}`)
  try {
    for (const file of readdirSync(dir).filter((name) => name.endsWith('.log'))) {
      const path = join(dir, file)
      const bytes = readFileSync(path)
      for (let start = 0; start + HEADER_BYTES < bytes.length; start += 12 + bytes.readInt32BE(start + LENGTH_AT)) {
        const from = Number(bytes.readBigInt64BE(start))
        if (from < at.from) continue
        const size = bytes.readInt32BE(start + LENGTH_AT) + 12 - HEADER_BYTES
        const victim = start + HEADER_BYTES + Math.floor(random.uniform() * size)
        bytes[victim] = (bytes[victim] ?? 0) ^ 0x40
        writeFileSync(path, bytes)
        return { from, to: from + bytes.readInt32BE(start + LAST_DELTA_AT) + 1 }
      }
    }
  } finally {
    await broker.restart()
  }
  throw new Error(`no batch from offset ${at.from} on in ${dir}`)
}
