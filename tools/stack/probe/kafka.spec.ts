import { describe, expect, it } from '@jest/globals'
import { brokersIn } from './kafka.ts'

function broker(nodeId: number, host: string, port: number, rack?: string): Buffer {
  const buffer = Buffer.alloc(4 + 2 + host.length + 4 + 2 + (rack?.length ?? 0))
  let at = buffer.writeInt32BE(nodeId)
  at = buffer.writeInt16BE(host.length, at)
  at += buffer.write(host, at)
  at = buffer.writeInt32BE(port, at)
  at = buffer.writeInt16BE(rack?.length ?? -1, at)
  if (rack !== undefined) buffer.write(rack, at)
  return buffer
}

describe('brokersIn', () => {
  it('reads hosts and ports, with and without racks', () => {
    const head = Buffer.alloc(12)
    head.writeInt32BE(2, 8)
    const response = Buffer.concat([head, broker(1, '127.0.0.1', 9092, 'r1'), broker(2, 'kafka', 19092)])
    expect(brokersIn(response)).toEqual(['127.0.0.1:9092', 'kafka:19092'])
  })

  it('is empty while every broker is fenced', () => {
    expect(brokersIn(Buffer.alloc(12))).toEqual([])
  })
})
