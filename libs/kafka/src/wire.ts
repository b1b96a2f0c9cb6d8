import { connect, Socket } from 'node:net'
import { messageOf } from '@pegel/errors'
import type { Logger } from '@pegel/telemetry'
import kafkajs from 'kafkajs'
import { registerCodecs } from './codecs.ts'
import { kafkaLogCreator } from './kafkajs-log.ts'
import { calmRequestQueues } from './kafkajs-timers.ts'
import { FETCH_VERSION, readFetchResponse, type RawFetchResponse } from './fetch-response.ts'
import type {
  Broker,
  Cluster,
  ConnectionPool,
  FetchRequest,
  PoolRequest,
  ProduceRequest,
  ProduceResponse,
} from './kafkajs-internals.ts'
import { encodeProduce } from './produce-request.ts'
import { sendFrame } from './send-frame.ts'

export interface WireSettings {
  readonly brokers: readonly string[]
  readonly clientId: string
  readonly log: Logger
  /** How long one request may take; default 10 s. Joins and fetches bring their own, longer time. */
  readonly requestTimeoutMs?: number
  /** Where to really connect for a broker's address: lets a test put a proxy between. */
  readonly route?: (host: string, port: number) => { readonly host: string; readonly port: number }
}

/**
 * Connections to a cluster that are thrown away as a whole. After a failure a new wire is opened rather than an old one
 * mended: kafkajs revives connections behind its caller's back, and a request that was given up could still be sent.
 */
export interface Wire {
  readonly cluster: Cluster
  readonly destroyed: boolean
  /** Connects and loads the metadata of these topics only (without topics kafkajs asks for all there are). */
  open(topics: readonly string[]): Promise<void>
  /** Cuts every connection at once; what is in flight is rejected. */
  destroy(): void
}

const CONNECT_TIMEOUT_MS = 3000
const REQUEST_TIMEOUT_MS = 10_000
const KEEP_ALIVE_MS = 60_000

export function createWire(settings: WireSettings): Wire {
  const { client, cut, isCut } = createClient(settings)
  const cluster = clusterOf(client)
  return {
    cluster,
    get destroyed() {
      return isCut()
    },
    async open(topics) {
      await cluster.connect()
      if (topics.length > 0) await cluster.addMultipleTargetTopics(topics)
    },
    destroy() {
      if (isCut()) return
      cut()
      cluster.disconnect().catch((error: unknown) => {
        settings.log.debug('kafka connections did not close in order', { error: messageOf(error) })
      })
    },
  }
}

export interface CuttableClient {
  readonly client: kafkajs.Kafka
  /**
   * Ends every connection of this client for good. Closing kafkajs' parts is not enough: work that is still under way
   * there connects again.
   */
  readonly cut: () => void
  readonly isCut: () => boolean
}

/** A kafkajs client with our codecs, log and sockets. */
export function createClient(settings: WireSettings): CuttableClient {
  registerCodecs()
  calmRequestQueues()
  const sockets = new Set<Socket>()
  let cut = false
  const client = new kafkajs.Kafka({
    brokers: [...settings.brokers],
    clientId: settings.clientId,
    connectionTimeout: CONNECT_TIMEOUT_MS,
    requestTimeout: settings.requestTimeoutMs ?? REQUEST_TIMEOUT_MS,
    retry: { retries: Math.max(2, settings.brokers.length), initialRetryTime: 50, maxRetryTime: 500 },
    logLevel: kafkajs.logLevel.INFO,
    logCreator: kafkaLogCreator(settings.log, () => cut),
    socketFactory: ({ host, port, onConnect }) => {
      if (cut) throw new Error('closed by pegel')
      const socket = connect(settings.route?.(host, port) ?? { host, port }, onConnect)
      socket.setKeepAlive(true, KEEP_ALIVE_MS)
      socket.setNoDelay(true)
      // kafkajs calls unref() on sockets that are long gone, each time it tries a dead broker; Node would collect listeners.
      socket.unref = () => (socket.destroyed ? socket : Socket.prototype.unref.call(socket))
      sockets.add(socket)
      socket.once('close', () => sockets.delete(socket))
      return socket
    },
  })
  return {
    client,
    isCut: () => cut,
    cut() {
      cut = true
      // An error, since kafkajs listens to `error` and `end` only: a silent close would leave its requests waiting.
      for (const socket of sockets) socket.destroy(new Error('closed by pegel'))
    },
  }
}

/** kafkajs keeps its cluster factory under a private symbol of the client. */
function clusterOf(client: object): Cluster {
  const symbol = Object.getOwnPropertySymbols(client).find((s) => s.description === 'private:Kafka:createCluster')
  if (symbol === undefined) throw new Error('kafkajs has changed inside: this library is written for 2.2.4')
  const create = (client as Record<symbol, (options: object) => Cluster>)[symbol]
  if (create === undefined) throw new Error('kafkajs has changed inside: this library is written for 2.2.4')
  return create({
    metadataMaxAge: 300_000,
    allowAutoTopicCreation: false,
    maxInFlightRequests: null,
    isolationLevel: 1,
  })
}

/**
 * Produces with our own encoding of the records. The answer is given as it came: each partition with its own error code, nothing thrown for
 * one of them.
 */
export function produceTo(broker: Broker, request: ProduceRequest): Promise<ProduceResponse> {
  const view = tapped(broker, async (pool, sent) => {
    const connection = await pool.getConnectionByRequest(sent)
    const { clientId } = connection
    const { apiVersion: version } = sent.request
    return sendFrame(connection, sent, (correlationId) => encodeProduce(request, { version, correlationId, clientId }))
  })
  return view.produce(request)
}

/** The same broker with our own reader of fetch responses. */
export function undecodedFetch(broker: Broker): { fetch(request: FetchRequest): Promise<RawFetchResponse> } {
  const view = tapped(broker, (pool, request) => {
    if (request.request.apiVersion !== FETCH_VERSION) throw new Error('the broker is older than Kafka 2.3')
    const decode = (payload: Buffer): Promise<RawFetchResponse> => Promise.resolve(readFetchResponse(payload))
    return pool.send({ ...request, response: { decode, parse: (data) => Promise.resolve(data) } })
  })
  return { fetch: (request) => view.fetch(request) as unknown as Promise<RawFetchResponse> }
}

function tapped(broker: Broker, send: (pool: ConnectionPool, request: PoolRequest) => Promise<unknown>): Broker {
  const pool = broker.connectionPool
  const tap = Object.create(pool, { send: { value: (request: PoolRequest) => send(pool, request) } }) as ConnectionPool
  return Object.create(broker, { connectionPool: { value: tap } }) as Broker
}
