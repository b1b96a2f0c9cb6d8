import { join } from 'node:path'
import { versions } from '../versions.ts'
import { installed } from './cache.ts'
import { copyJars } from './maven.ts'
import type { Which } from './which.ts'

/** Class path of the broker and its command line tools. */
export async function kafkaClassPath(which: Which, onProgress: (line: string) => void): Promise<string> {
  const { kafka, kafkaScala, slf4j } = versions
  const folder = await installed(
    {
      component: 'kafka',
      id: `kafka-${kafka}`,
      note: `fetching ${kafka} with Maven (once, about 20 seconds)`,
      programs: ['java', 'mvn'],
      install({ dir, logFile, programs: [, mvn = ''] }) {
        return copyJars({
          mvn,
          coordinates: [
            `org.apache.kafka:kafka_${kafkaScala}:${kafka}`,
            `org.apache.kafka:kafka-tools:${kafka}`,
            `org.slf4j:slf4j-simple:${slf4j}`,
          ],
          libs: join(dir, 'libs'),
          logFile,
        })
      },
    },
    which,
    onProgress,
  )
  return join(folder, 'libs', '*')
}
