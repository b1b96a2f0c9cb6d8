import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { Channel } from '../../src/channels/channel.ts'
import { sampleAlert, sampleNotification } from '../../src/channels/sample-notification.ts'
import { SECRET } from './test-services.ts'

/** A channel with a real receiver at its other end. */
export interface ChannelRig {
  readonly channel: Channel
  /** Whole messages that the receiver has taken, as text. */
  taken(): readonly string[]
  /** The next message is not taken: for now, or for good. */
  refuseNext(how: 'passing' | 'lasting'): void
  /** Nobody listens any more. */
  goAway(): Promise<void>
  readonly logLines: readonly string[]
  close(): Promise<void>
}

export interface ChannelContractOptions {
  readonly name: string
  readonly open: () => Promise<ChannelRig>
}

/** What every kind of channel promises, shown on a receiver that speaks its protocol. */
export function channelContract({ name, open }: ChannelContractOptions): void {
  describe(`${name}, as every channel`, () => {
    let rig: ChannelRig
    const { signal } = new AbortController()

    beforeEach(async () => {
      rig = await open()
    })
    afterEach(() => rig.close())

    it.each(['firing', 'acknowledged', 'resolved'] as const)('delivers what is %s', async (event) => {
      const result = await rig.channel.send(sampleNotification({ event, acknowledgedBy: 'ann' }), signal)
      expect(result).toMatchObject({ status: 'sent' })
      expect(rig.taken()).toHaveLength(1)
    })

    it('says what passes and what stays', async () => {
      rig.refuseNext('passing')
      expect(await rig.channel.send(sampleNotification(), signal)).toMatchObject({ status: 'retryable' })
      rig.refuseNext('lasting')
      expect(await rig.channel.send(sampleNotification(), signal)).toMatchObject({ status: 'failed' })
      expect(await rig.channel.send(sampleNotification(), signal)).toMatchObject({ status: 'sent' })
      expect(rig.taken()).toHaveLength(1)
    })

    it('keeps what nobody can take for later', async () => {
      await rig.goAway()
      expect(await rig.channel.send(sampleNotification(), signal)).toMatchObject({ status: 'retryable' })
    })

    it('sends nothing once it is told to stop', async () => {
      const result = await rig.channel.send(sampleNotification(), AbortSignal.abort())
      expect([result.status === 'sent', rig.taken()]).toEqual([false, []])
    })

    it('bears any text and a thousand alerts', async () => {
      const wild = sampleAlert({
        annotations: { summary: '<b>&"\r\nBcc: x\u0000 {{tenant}} *a* <!channel>', description: 'é😀'.repeat(3000) },
      })
      const many = sampleNotification({ alerts: Array.from({ length: 1000 }, () => wild), truncatedAlerts: 5 })
      expect(await rig.channel.send(many, signal)).toMatchObject({ status: 'sent' })
      expect(rig.taken()).toHaveLength(1)
    })

    it('never writes a secret into the log or a reason', async () => {
      rig.refuseNext('lasting')
      const result = await rig.channel.send(sampleNotification(), signal)
      expect(JSON.stringify([result, rig.logLines])).not.toContain(SECRET)
    })
  })
}
