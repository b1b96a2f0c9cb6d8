import { Client, credentials, Metadata } from '@grpc/grpc-js'
import { Pool } from 'undici'
import type { DoorCase } from './cases.ts'

export interface Destination {
  readonly httpPort: number
  readonly grpcPort: number
  readonly key: string
}

/** Sends bodies through one door; rejects when one was not taken. */
export interface Sender {
  send(body: Buffer): Promise<void>
  close(): Promise<void>
}

/** @param connections that many requests may be on their way at a time */
export function senderTo(destination: Destination, door: DoorCase, connections: number): Sender {
  return door.transport === 'http' ? overHttp(destination, door, connections) : overGrpc(destination, door)
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
