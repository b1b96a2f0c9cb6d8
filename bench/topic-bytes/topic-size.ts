import { readdirSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

/** Bytes of a topic's records on the disk of a local broker: the segments of its partitions. */
export function topicBytes(kafkaDir: string, topic: string): number {
  const segments = readdirSync(kafkaDir, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.log') && basename(dirname(file)).replace(/-\d+$/, '') === topic)
    .map((file) => statSync(join(kafkaDir, file)).size)
  if (segments.length === 0) throw new Error(`${kafkaDir} holds no segment of ${topic}`)
  return segments.reduce((sum, size) => sum + size, 0)
}
