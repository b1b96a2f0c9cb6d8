/** Reason codes of PUBACK in MQTT 5 (3.4.2.1). The broker may forget the message with either. */
export const ACK = { success: 0, quotaExceeded: 0x97 } as const
export type AckReason = (typeof ACK)[keyof typeof ACK]

interface Entry {
  readonly messageId: number
  settled: boolean
  reason: AckReason | undefined
}

/**
 * Sends acknowledgements in the order of the messages, as MQTT asks for (4.6), however their work ends. What belongs to a connection that
 * is gone is never sent: on the next one the same number may be another message.
 */
export class OrderedAcks {
  readonly #send: (messageId: number, reason: AckReason) => void
  #open: Entry[] = []

  constructor(send: (messageId: number, reason: AckReason) => void) {
    this.#send = send
  }

  /** Notes a message; the function returned says that it is settled, and how; undefined: not to be acknowledged. */
  add(messageId: number): (reason: AckReason | undefined) => void {
    const entry: Entry = { messageId, settled: false, reason: undefined }
    this.#open.push(entry)
    return (reason) => {
      entry.settled = true
      entry.reason = reason
      this.#sendSettled()
    }
  }

  /** The connection is gone: the broker delivers again what it has no acknowledgement of. */
  reset(): void {
    this.#open = []
  }

  #sendSettled(): void {
    for (let [first] = this.#open; first?.settled === true; [first] = this.#open) {
      // Nothing behind one that is not acknowledged can be, and the gateway is stopping anyway.
      if (first.reason === undefined) return
      this.#open.shift()
      this.#send(first.messageId, first.reason)
    }
  }
}
