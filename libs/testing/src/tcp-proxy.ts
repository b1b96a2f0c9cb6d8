import { connect, createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'

/**
 * `pass`: as if it were not there. `cut`: connections are reset, new ones too. `drop`: connections stay open and nothing passes
 * (a network that swallows); what waits is delivered once the mode changes, as TCP would. `slow`: every chunk is late by `delayMs`.
 */
export type ProxyMode = { readonly kind: 'pass' | 'cut' | 'drop' } | { readonly kind: 'slow'; readonly delayMs: number }

export interface TcpProxy {
  readonly host: string
  readonly port: number
  /** Takes effect at once, on open connections too. */
  set(mode: ProxyMode): void
  close(): Promise<void>
}

/** A TCP proxy on a free loopback port in front of a real component, to break its network. */
export async function startTcpProxy(target: { readonly host: string; readonly port: number }): Promise<TcpProxy> {
  const proxy = new Proxy(target)
  await proxy.listen()
  return proxy
}

class Proxy implements TcpProxy {
  readonly host = '127.0.0.1'
  readonly #target: { readonly host: string; readonly port: number }
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #mode: ProxyMode = { kind: 'pass' }

  constructor(target: { readonly host: string; readonly port: number }) {
    this.#target = target
    this.#server = createServer((client) => this.#accept(client))
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(0, this.host, resolve)
    })
  }

  set(mode: ProxyMode): void {
    this.#mode = mode
    if (mode.kind === 'cut') this.#resetAll()
    for (const socket of this.#sockets) {
      if (mode.kind === 'drop') socket.pause()
      else socket.resume()
    }
  }

  close(): Promise<void> {
    this.#resetAll()
    return new Promise((resolve) => this.#server.close(() => resolve()))
  }

  #accept(client: Socket): void {
    if (this.#mode.kind === 'cut') {
      client.resetAndDestroy()
      return
    }
    const server = connect(this.#target.port, this.#target.host)
    this.#join(client, server)
    this.#join(server, client)
  }

  /** One direction of a connection. */
  #join(from: Socket, to: Socket): void {
    this.#sockets.add(from)
    from.setNoDelay(true)
    from.on('data', (chunk: Buffer) => {
      this.#later(() => {
        if (to.writable && !to.write(chunk)) from.pause()
      })
    })
    to.on('drain', () => {
      if (this.#mode.kind !== 'drop') from.resume()
    })
    from.on('end', () => this.#later(() => to.end()))
    from.on('error', () => to.destroy())
    from.on('close', () => {
      this.#sockets.delete(from)
      this.#later(() => to.destroy())
    })
    if (this.#mode.kind === 'drop') from.pause()
  }

  /** Everything that passes, ends too, is late by the same time: the order stays. */
  #later(pass: () => void): void {
    if (this.#mode.kind === 'slow') setTimeout(pass, this.#mode.delayMs)
    else pass()
  }

  #resetAll(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy()
  }
}
