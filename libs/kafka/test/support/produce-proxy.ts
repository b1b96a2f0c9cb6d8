import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

const PRODUCE = 0

/** A TCP proxy that reads Kafka's framing, so that it can lose the answers of one kind of request and nothing else. */
export interface ProduceProxy {
  readonly route: (host: string, port: number) => { host: string; port: number }
  /** Loses the answers of the next n requests of this API key, produce requests by default; the broker has done what they ask. */
  loseAnswers(count: number, apiKey?: number): void
  /** Closes the connection instead of giving the answer. */
  cutOnLoss: boolean
  readonly lost: number
  readonly produceRequests: number
  close(): Promise<void>
}

export async function startProduceProxy(): Promise<ProduceProxy> {
  const sockets = new Set<Socket>()
  const targets = new Map<number, { host: string; port: number }>()
  const servers: ReturnType<typeof createServer>[] = []
  const state = { toLose: 0, lost: 0, requests: 0, apiKey: PRODUCE }
  const proxy: ProduceProxy = {
    route: (host, port) => ({ host: '127.0.0.1', port: portFor(host, port) }),
    loseAnswers: (count, apiKey = PRODUCE) => {
      Object.assign(state, { toLose: count, apiKey })
    },
    cutOnLoss: false,
    get lost() {
      return state.lost
    },
    get produceRequests() {
      return state.requests
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      await Promise.all(servers.map((server) => new Promise((done) => server.close(done))))
    },
  }
  const server = createServer((client) => {
    const target = targets.get((server.address() as AddressInfo).port)
    if (target === undefined) throw new Error('no target')
    const upstream = connect(target.port, target.host)
    const losing = new Set<number>()
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        sockets.delete(socket)
        client.destroy()
        upstream.destroy()
      })
    }
    onFrames(client, (frame) => {
      const apiKey = frame.readInt16BE(4)
      if (apiKey === PRODUCE) state.requests++
      if (apiKey === state.apiKey && state.toLose > 0) {
        state.toLose--
        losing.add(frame.readInt32BE(8))
      }
      upstream.write(frame)
    })
    onFrames(upstream, (frame) => {
      if (!losing.delete(frame.readInt32BE(4))) client.write(frame)
      else {
        state.lost++
        if (proxy.cutOnLoss) client.destroy()
      }
    })
  })
  servers.push(server)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  function portFor(host: string, port: number): number {
    const own = (server.address() as AddressInfo).port
    targets.set(own, { host, port })
    return own
  }
  return proxy
}

/** Whole frames: 4 bytes of length, then as many bytes. */
function onFrames(socket: Socket, take: (frame: Buffer) => void): void {
  let rest = Buffer.alloc(0)
  socket.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk])
    while (rest.length >= 4 && rest.length >= 4 + rest.readInt32BE(0)) {
      const end = 4 + rest.readInt32BE(0)
      take(rest.subarray(0, end))
      rest = rest.subarray(end)
    }
  })
}
