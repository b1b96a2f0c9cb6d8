import { connect, createServer } from 'node:http2'
import type { ServerHttp2Stream } from 'node:http2'
import { duplexPair, Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from '@jest/globals'
import { SocketMemory } from './socket-memory.ts'

const BYTES = 1000

/** A piece of memory that was read, and chunks in it. */
function piece(): { readonly memory: ArrayBuffer; readonly chunk: (from: number, to: number) => Buffer } {
  const memory = new ArrayBuffer(BYTES)
  return { memory, chunk: (from, to) => Buffer.from(memory, from, to - from) }
}

/** A stream whose chunks are consumed one by one. */
function watched(memory: SocketMemory) {
  const stream = new Readable({ read: () => undefined })
  memory.watch(stream)
  return {
    push: (chunk: Buffer) => stream.push(chunk),
    consume: () => memory.consumed(stream.read() as Buffer),
    end: () => stream.push(null),
  }
}

describe('SocketMemory', () => {
  it('frees a piece when all its chunks are consumed and another one has come', async () => {
    const memory = new SocketMemory()
    const [one, two] = [watched(memory), watched(memory)]
    const [first, second] = [piece(), piece()]
    one.push(first.chunk(0, 500))
    two.push(first.chunk(500, 1000))
    one.consume()
    two.push(second.chunk(0, 1000))
    await turn()
    expect(first.memory.byteLength).toBe(BYTES)
    memory.consumed(first.chunk(500, 1000))
    await turn()
    expect([first.memory.byteLength, second.memory.byteLength]).toEqual([0, BYTES])
  })

  it('keeps the piece that came last: the next chunk of it may be still to come', async () => {
    const memory = new SocketMemory()
    const stream = watched(memory)
    const last = piece()
    stream.push(last.chunk(0, 500))
    stream.consume()
    await turn()
    stream.push(last.chunk(500, 1000))
    stream.consume()
    stream.end()
    await turn()
    expect(last.memory.byteLength).toBe(BYTES)
  })

  it('frees nothing once a stream has something in it that it did not see', async () => {
    const memory = new SocketMemory()
    const stream = watched(memory)
    const [first, second] = [piece(), piece()]
    stream.push(first.chunk(0, 500))
    stream.consume()
    const late = new Readable({ read: () => undefined })
    late.push(first.chunk(500, 1000))
    stream.push(second.chunk(0, 1000))
    memory.watch(late)
    await turn()
    expect(first.memory.byteLength).toBe(BYTES)
  })

  it('leaves memory alone that it was never told of, and what is no memory of its own', async () => {
    const memory = new SocketMemory()
    const stream = watched(memory)
    const [unknown, other] = [piece(), piece()]
    memory.consumed(unknown.chunk(0, 1000))
    const shared = Buffer.from(new SharedArrayBuffer(BYTES))
    stream.push(shared)
    memory.consumed(shared)
    stream.push(other.chunk(0, 1000))
    await turn()
    expect([unknown.memory.byteLength, shared.length]).toEqual([BYTES, BYTES])
  })
})

describe('SocketMemory of a session of Node.js', () => {
  const bodies = Array.from({ length: 6 }, (_none, index) => Buffer.alloc(300_000, index + 1))

  it.each([
    { when: 'after their heads', early: false, leftAtMost: 1 },
    // Then chunks may have been missed.
    { when: 'with their heads', early: true, leftAtMost: Infinity },
  ])('gives every stream what was sent $when, and frees what it may', async ({ early, leftAtMost }) => {
    const { received, pieces } = await throughSession(bodies, early)
    for (const [index, body] of bodies.entries()) expect(received[index]?.equals(body)).toBe(true)
    await turn()
    expect(pieces.size).toBeGreaterThan(bodies.length)
    expect([...pieces].filter(({ byteLength }) => byteLength > 0).length).toBeLessThanOrEqual(leftAtMost)
  })
})

/** Sends bodies side by side over one connection that is no socket. @returns what came of them, and the memory in which it came */
async function throughSession(bodies: readonly Buffer[], early: boolean) {
  const [client, server] = duplexPair()
  const memory = new SocketMemory()
  const pieces = new Set<ArrayBufferLike>()
  const received: Buffer[] = []
  const begun = Promise.withResolvers<undefined>()
  let heads = 0
  const listening = createServer()
  listening.on('stream', (stream: ServerHttp2Stream, headers) => {
    memory.watch(stream)
    if (++heads === bodies.length) begun.resolve(undefined)
    const chunks: Buffer[] = []
    stream.on('data', (chunk: Buffer) => {
      chunks.push(Buffer.from(chunk))
      pieces.add(chunk.buffer)
      memory.consumed(chunk)
    })
    stream.on('end', () => {
      received[Number(headers.number)] = Buffer.concat(chunks)
      stream.respond({}, { endStream: true })
    })
  })
  listening.emit('connection', server)
  const session = connect('http://test', { createConnection: () => client })
  const requests = bodies.map((_body, number) => session.request({ ':method': 'POST', number }))
  if (!early) await begun.promise
  const answers = requests.map((request, number) => {
    request.end(bodies[number])
    return buffer(request)
  })
  await Promise.all(answers)
  session.close()
  return { received, pieces }
}
