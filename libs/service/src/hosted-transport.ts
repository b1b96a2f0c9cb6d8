import { Server } from '@nestjs/microservices'
import type { CustomTransportStrategy } from '@nestjs/microservices'
import type { Hosted } from './component.ts'

/**
 * Hosts a component's work as a Nest microservice. Nest's own Kafka transport handles one message at a time and cannot
 * commit by hand; here the component consumes and produces batches through our Kafka port, and Nest only starts and stops it.
 */
export class HostedTransport extends Server implements CustomTransportStrategy {
  #hosted: Hosted | null = null
  readonly #stopDeadlineMs: number

  constructor(stopDeadlineMs: number) {
    super()
    this.#stopDeadlineMs = stopDeadlineMs
  }

  host(hosted: Hosted): void {
    this.#hosted = hosted
  }

  override listen(callback: (error?: unknown) => void): void {
    if (this.#hosted === null) throw new TypeError('listen() before host()')
    this.#hosted.start().then(
      () => callback(),
      (error: unknown) => callback(error),
    )
  }

  override async close(): Promise<void> {
    const hosted = this.#hosted
    this.#hosted = null
    await hosted?.stop(this.#stopDeadlineMs)
  }

  override on(): void {
    throw new TypeError('A hosted component has no events')
  }

  override unwrap(): never {
    throw new TypeError('A hosted component has no server behind it')
  }
}
