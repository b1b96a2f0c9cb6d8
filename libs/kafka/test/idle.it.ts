import { execFile } from 'node:child_process'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import RequestQueue from 'kafkajs/src/network/requestQueue/index.js'
import { until } from './support/collector.ts'
import { openKafka, type TestKafka } from './support/kafka.ts'

const root = resolve(import.meta.dirname, '../../..')
let t: TestKafka
beforeAll(async () => {
  t = await openKafka()
})
afterAll(() => t.close())

describe('an idle connection', () => {
  it('sets no timers: kafkajs would look for waiting requests a thousand times a second', async () => {
    const topic = await t.topic('idle')
    const producer = t.kafka.producer()
    await producer.send([{ topic, key: 'k', value: null }])
    const prototype: { checkPendingRequests?: () => void } = RequestQueue.prototype as object
    const check = Reflect.get(prototype, 'checkPendingRequests') as () => void
    let checks = 0
    prototype.checkPendingRequests = function (): void {
      checks++
      check.call(this)
    }
    const since = Date.now()
    await until('half a second', () => Date.now() - since > 500)
    prototype.checkPendingRequests = check
    expect(checks).toBeLessThan(20)
    expect(await producer.send([{ topic, key: 'k', value: null }])).toHaveLength(1)
  })

  it('causes no warning', async () => {
    const script = `
      const { calmRequestQueues } = await import('./libs/kafka/src/kafkajs-timers.ts')
      const { default: RequestQueue } = await import('kafkajs/src/network/requestQueue/index.js')
      calmRequestQueues()
      new RequestQueue({}).scheduleCheckPendingRequests()
    `
    const { stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], { cwd: root })
    expect(stderr).not.toContain('TimeoutNegativeWarning')
  })
})
