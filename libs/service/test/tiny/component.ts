import { Module } from '@nestjs/common'
import { duration, secret, word, workerSettings } from '@pegel/config'
import { z } from 'zod'
import { hostedBy } from '../../src/index.ts'
import type { Component, ComponentContext, Hosted } from '../../src/index.ts'

const config = z.object({
  ...workerSettings,
  TINY_TROUBLE: word('none', 'start', 'uncaught', 'unhandled').default('none').describe('How it fails.'),
  TINY_DRAIN_MS: duration().default(0).describe('How long its work in flight takes to finish.'),
  TINY_SECRET: secret().default('swordfish').describe('A secret.'),
})
type Config = z.infer<typeof config>

/** A component that writes one record when it starts and takes its time to stop. */
function createHosted({ config: settings, kafka, log, metrics, tenants }: ComponentContext<Config>): Hosted {
  const producer = kafka.producer()
  return {
    checks: { trouble: () => Promise.resolve() },
    listening: () => ({ port: 1, tenants: tenants.all().length }),
    async start() {
      const trouble = settings.TINY_TROUBLE
      if (trouble === 'start') throw new Error('trouble at start')
      await producer.send([{ topic: 'pegel.ingest.v1', key: 'acme', value: Buffer.from('tiny') }])
      metrics.counter('tiny_records_total', 'Records').inc()
      if (trouble === 'uncaught') setImmediate(() => fail())
      if (trouble === 'unhandled') void Promise.reject(new Error('trouble'))
    },
    stop(deadlineMs) {
      log.info('draining', { deadlineMs })
      const done = (resolve: () => void): void => {
        log.info('drained')
        resolve()
      }
      return new Promise((resolve) => setTimeout(done, settings.TINY_DRAIN_MS, resolve))
    },
  }
}

function fail(): never {
  throw new Error('trouble')
}

@Module({ providers: [hostedBy(createHosted)] })
class AppModule {}

export const component: Component<typeof config> = {
  name: 'tiny',
  description: 'A component for tests.',
  topics: { in: [], out: ['pegel.ingest.v1'] },
  config,
  metrics: [{ name: 'tiny_records_total', type: 'counter', help: 'Records' }],
  module: AppModule,
}
