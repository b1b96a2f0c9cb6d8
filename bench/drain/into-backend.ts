import { join } from 'node:path'
import { startComponent } from '../../tools/stack/index.ts'
import type { ComponentName } from '../../tools/stack/index.ts'
import type { Place } from '../support/with-kafka.ts'
import { note } from '../support/with-kafka.ts'
import type { Surroundings } from './measure-drain.ts'

/** A real backend, as tools/stack finds or starts it. */
export function intoBackend(name: ComponentName): (place: Place) => Promise<Surroundings> {
  return async ({ dataDir }) => {
    const options = { dataDir: join(dataDir, name), jvm: 'throughput', onProgress: note } as const
    const backend = await startComponent(name, options)
    return { env: backend.env, stop: () => backend.stop() }
  }
}
