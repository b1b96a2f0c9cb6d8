import { INGEST_TOPICS, METRICS_TOPIC } from '@pegel/pipeline'
import type { PegelWorld } from '../support/pegel-world.ts'
import { eventually } from '../../libs/testing/src/eventually.ts'
import type { Subject } from '../support/usage.ts'
import { drain } from './drain.ts'
import { fill } from './fill.ts'

export const [INGEST_TOPIC] = INGEST_TOPICS
const ENRICH_DEADLINE_MS = 300_000

export interface ServiceOptions {
  /** With the gateway, and with what makes records of `topic` out of those of `ingest`, if that is another. */
  readonly world: PegelWorld
  /** The service that is measured; its consumer group has the same name. */
  readonly service: string
  readonly topic: string
}

/** A turn fills the topic through the services before it, starts the service, and waits until it has committed everything. */
export function serviceSubject({ world, service, topic }: ServiceOptions): Subject {
  return {
    name: `Pegel's ${service}`,
    async turn() {
      const points = await fill({ destination: world.destination, keys: Object.values(world.keys) })
      if (topic === METRICS_TOPIC) await enriched(world)
      const usage = await drain({ points, left: () => world.lag(service, topic) }, async () => {
        await world.startService(service)
        return world.pid(service)
      })
      await world.stopService(service)
      return usage
    },
  }
}

async function enriched(world: PegelWorld): Promise<void> {
  const behind = async (): Promise<void> => {
    const left = await world.lag('enricher', INGEST_TOPIC)
    if (left > 0) throw new Error(`the enricher has ${left} records before it`)
  }
  await eventually(behind, { deadlineMs: ENRICH_DEADLINE_MS })
}
