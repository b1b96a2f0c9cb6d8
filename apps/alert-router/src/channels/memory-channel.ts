import type { Channel, SendResult } from './channel.ts'
import type { Notification } from './notification.ts'

/** Keeps what it is given, for tests; answers as it is told. */
export class MemoryChannel implements Channel {
  readonly sent: Notification[] = []
  /** What the next sends answer, first in first out; then `sent`. */
  readonly answers: SendResult[] = []

  send(notification: Notification): Promise<SendResult> {
    this.sent.push(notification)
    return Promise.resolve(this.answers.shift() ?? { status: 'sent', ref: `ref-${this.sent.length}` })
  }
}
