import type { Readable } from 'node:stream'
import { buffers, discard } from '@pegel/buffers'
import { gatewayErrors } from '../../errors.ts'
import type { ByteBudget } from '../../ingest/byte-budget.ts'

export interface ReadBodyOptions {
  readonly maxBytes: number
  /** Value of Content-Length, when there is one. */
  readonly declaredBytes: number | undefined
  readonly budget: ByteBudget
  readonly tenant: string
}

/**
 * Reads a body whole, never more than maxBytes of it, and never beyond the budget. The budget keeps the bytes until the caller
 * gives them back, as the buffer, which may be borrowed.
 * @throws gatewayErrors.body_too_large, overloaded, body_incomplete; the budget is as before then
 */
export function readBody(stream: Readable, options: ReadBodyOptions): Promise<Buffer> {
  const { maxBytes, declaredBytes = 0, budget, tenant } = options
  const tooLarge = (): Error => gatewayErrors.body_too_large({ maxBytes, tenant, unpacked: '' })
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    const done = (): void => {
      stream.off('data', onData)
      stream.off('end', onEnd)
      stream.off('error', onBroken)
      stream.off('close', onBroken)
    }
    const fail = (error: Error): void => {
      done()
      budget.giveBack(size)
      for (const chunk of chunks) discard(chunk)
      forget(stream)
      reject(error)
    }
    const onData = (chunk: Buffer): void => {
      if (size + chunk.length > maxBytes) {
        fail(tooLarge())
        return
      }
      try {
        budget.take(chunk.length)
      } catch (error) {
        fail(error as Error)
        return
      }
      size += chunk.length
      chunks.push(chunk)
    }
    const onEnd = (): void => {
      done()
      resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : joined(chunks, size))
    }
    const onBroken = (): void => fail(gatewayErrors.body_incomplete())
    if (declaredBytes > maxBytes) {
      fail(tooLarge())
      return
    }
    stream.on('data', onData)
    stream.on('end', onEnd)
    stream.on('error', onBroken)
    stream.on('close', onBroken)
  })
}

/**
 * Reads what is still to come, and forgets it: closing at once would reset the connection before the answer is read. Each piece is freed
 * at once, so that a flood that is turned away keeps no collector busy.
 */
export function forget(stream: Readable): void {
  if (stream.listeners('data').includes(discard)) return
  stream.on('error', () => undefined)
  stream.on('data', discard)
}

function joined(chunks: readonly Buffer[], size: number): Buffer {
  const body = buffers.borrow(size)
  let at = 0
  for (const chunk of chunks) {
    body.set(chunk, at)
    at += chunk.length
    discard(chunk)
  }
  return body
}
