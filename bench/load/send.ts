import { createSocket } from 'node:dgram'
import { Client, credentials, Metadata } from '@grpc/grpc-js'
import { connectAsync } from 'mqtt'
import { Pool } from 'undici'
import type { DoorCase } from './cases.ts'

export interface Destination {
  readonly httpPort: number
  readonly grpcPort: number
  readonly statsdPort: number
  /** Of the broker that the gateway subscribes to. */
  readonly mqttUrl: string
  readonly key: string
}

/** Sends bodies through one door; rejects when one was not taken, as far as the door or the broker before it says so. */
export interface Sender {
  send(body: Buffer): Promise<void>
  close(): Promise<void>
}

/** @param connections that many requests may be on their way at a time */
export async function senderTo(destination: Destination, door: DoorCase, connections: number): Promise<Sender> {
  switch (door.transport) {
    case 'http':
      return overHttp(destination, door, connections)
    case 'grpc':
      return overGrpc(destination, door)
    case 'mqtt':
      return overMqtt(destination, door)
    case 'udp':
      return overUdp(destination)
  }
}

/** A message is sent when the broker has it. */
async function overMqtt({ mqttUrl }: Destination, { path }: DoorCase): Promise<Sender> {
  const client = await connectAsync(mqttUrl, { protocolVersion: 5 })
  return {
    async send(body) {
      await client.publishAsync(path, body, { qos: 1 })
    },
    close: () => client.endAsync(),
  }
}

/** A datagram is sent when the operating system has it. */
function overUdp({ statsdPort }: Destination): Sender {
  const socket = createSocket('udp4')
  return {
    send: (body) =>
      new Promise((resolve, reject) => {
        socket.send(body, statsdPort, '127.0.0.1', (error) => {
          if (error === null) resolve()
          else reject(error)
        })
      }),
    close: () => new Promise((resolve) => socket.close(resolve)),
  }
}

function overHttp({ httpPort, key }: Destination, { path, headers }: DoorCase, connections: number): Sender {
  const pool = new Pool(`http://127.0.0.1:${httpPort}`, { connections, pipelining: 1 })
  const all = { authorization: `Bearer ${key}`, ...headers }
  return {
    async send(body) {
      const { statusCode, body: answer } = await pool.request({ path, method: 'POST', body, headers: all })
      const text = await answer.text()
      if (statusCode !== 200 && statusCode !== 204) throw new Error(`${path} answered ${statusCode}: ${text}`)
    },
    close: () => pool.close(),
  }
}

function overGrpc({ grpcPort, key }: Destination, { path }: DoorCase): Sender {
  const client = new Client(`127.0.0.1:${grpcPort}`, credentials.createInsecure())
  const metadata = new Metadata()
  metadata.set('authorization', `Bearer ${key}`)
  const asIs = (bytes: Buffer): Buffer => bytes
  return {
    send: (body) =>
      new Promise((resolve, reject) => {
        client.makeUnaryRequest(path, asIs, asIs, body, metadata, (error) => {
          if (error === null) resolve()
          else reject(error)
        })
      }),
    close() {
      client.close()
      return Promise.resolve()
    },
  }
}
