/**
 * Sends acknowledgements in the order of the messages, as MQTT asks for (4.6), however their work ends. What belongs to a connection that
 * is gone is never sent: on the next one the same number may be another message.
 */
export class OrderedAcks {
  readonly #send: (messageId: number) => void
  #open: { readonly messageId: number; settled: boolean; readonly acknowledge: boolean }[] = []

  constructor(send: (messageId: number) => void) {
    this.#send = send
  }

  /** Notes a message; the function returned says that it is settled. */
  add(messageId: number): (acknowledge: boolean) => void {
    const entry = { messageId, settled: false, acknowledge: true }
    this.#open.push(entry)
    return (acknowledge) => {
      entry.settled = true
      entry.acknowledge = acknowledge
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
      if (!first.acknowledge) return
      this.#open.shift()
      this.#send(first.messageId)
    }
  }
}
