import { compressSync } from 'snappy'
import { fixed64, message, text, varint, varintField } from '../../../bench/support/protobuf.ts'
import type { Shape } from './shape.ts'

/** Upper half of the double that marks where a value goes; its lower half is the index of the point. */
const MARK = 0xfa17fa17
/** A time whose varint has six bytes, as all from 1971 to 2109 have. */
const SOME_TIME_MS = 1_700_000_000_000

export interface Door {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** A body like the template's, with these numbers and times. */
  fill(write: PointWriter): Buffer
}

/** Called with the index of every point: series, then time within the request. */
export type PointWriter = (series: number, time: number) => { readonly value: number; readonly timeMs: number }

/** OTLP/HTTP: encoded once, then only values and times are changed in place. */
export function otlpDoor(shape: Shape, run: string): Door {
  const metrics = shape.metrics.map((name, metric) => {
    const points = shape.hosts.flatMap((host, at) =>
      times(shape).map((time) => {
        const index = (metric * shape.hosts.length + at) * shape.times + time
        const labels = [attribute('host', host), attribute('run', run)]
        return message(1, ...labels, fixed64(3, 0n), markedDouble(4, index))
      }),
    )
    return message(2, text(1, name), message(5, ...points))
  })
  const template = new Template(message(1, message(2, ...metrics)), shape)
  const writeTime = (bytes: Buffer, valueAt: number, timeMs: number): void => {
    bytes.writeBigUInt64LE(BigInt(timeMs) * 1_000_000n, valueAt - 9)
  }
  return {
    path: '/v1/metrics',
    headers: { 'content-type': 'application/x-protobuf' },
    fill: (write) => Buffer.from(template.fill(write, writeTime)),
  }
}

/** Remote write 1.0. */
export function remoteWriteDoor(shape: Shape, run: string): Door {
  const series = shape.metrics.flatMap((name, metric) =>
    shape.hosts.map((host, at) => {
      const labels = Object.entries({ __name__: name, host, run }).map(([key, value]) =>
        message(1, text(1, key), text(2, value)),
      )
      const samples = times(shape).map((time) => {
        const index = (metric * shape.hosts.length + at) * shape.times + time
        return message(2, markedDouble(1, index), varintField(2, SOME_TIME_MS))
      })
      return message(1, ...labels, ...samples)
    }),
  )
  const template = new Template(Buffer.concat(series), shape)
  const writeTime = (bytes: Buffer, valueAt: number, timeMs: number): void => {
    varint(timeMs).copy(bytes, valueAt + 9)
  }
  return {
    path: '/api/v1/push',
    headers: {
      'content-type': 'application/x-protobuf',
      'content-encoding': 'snappy',
      'x-prometheus-remote-write-version': '0.1.0',
    },
    fill: (write) => compressSync(template.fill(write, writeTime)),
  }
}

class Template {
  readonly #bytes: Buffer
  readonly #shape: Shape
  /** Where the value of each point is. */
  readonly #at: number[] = []

  constructor(bytes: Buffer, shape: Shape) {
    this.#bytes = bytes
    this.#shape = shape
    const mark = Buffer.alloc(4)
    mark.writeUInt32LE(MARK)
    for (let at = bytes.indexOf(mark); at !== -1; at = bytes.indexOf(mark, at + 1)) {
      this.#at[bytes.readUInt32LE(at - 4)] = at - 4
    }
  }

  fill(write: PointWriter, writeTime: (bytes: Buffer, valueAt: number, timeMs: number) => void): Buffer {
    const { times: perSeries } = this.#shape
    for (const [index, at] of this.#at.entries()) {
      const { value, timeMs } = write(Math.floor(index / perSeries), index % perSeries)
      this.#bytes.writeDoubleLE(value, at)
      writeTime(this.#bytes, at, timeMs)
    }
    return this.#bytes
  }
}

function times(shape: Shape): readonly number[] {
  return Array.from({ length: shape.times }, (_, time) => time)
}

function attribute(key: string, value: string): Buffer {
  return message(7, text(1, key), message(2, text(1, value)))
}

function markedDouble(field: number, index: number): Buffer {
  const bytes = Buffer.alloc(9)
  bytes[0] = field * 8 + 1
  bytes.writeUInt32LE(index, 1)
  bytes.writeUInt32LE(MARK, 5)
  return bytes
}
