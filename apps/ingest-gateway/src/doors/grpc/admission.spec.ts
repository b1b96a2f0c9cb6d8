import { Metadata, status } from '@grpc/grpc-js'
import type { ServerInterceptingCallInterface } from '@grpc/grpc-js'
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { expectedRefusal, grpcRows, rowOf } from '../../../test/support/grpc-rows.ts'
import { gatewayErrors } from '../../errors.ts'
import { InFlight } from '../in-flight.ts'
import { admission, UNREAD } from './admission.ts'
import type { TurnedAway } from './admission.ts'

const DOOR = '/door.Service/Method'
const OPEN = '/grpc.health.v1.Health/Check'

type Listener = Parameters<ServerInterceptingCallInterface['start']>[0]
type End = Parameters<ServerInterceptingCallInterface['sendStatus']>[0]

let turned: TurnedAway[]
let inFlight: InFlight
let reached: string[]
beforeEach(() => {
  jest.useFakeTimers()
  turned = []
  inFlight = new InFlight()
  reached = []
})
afterEach(() => {
  jest.useRealTimers()
})

const interceptor = () =>
  admission({
    doors: new Map([[DOOR, 'door']]),
    admit: (metadata) => {
      if (metadata.get('authorization').length === 0) throw gatewayErrors.credential_missing()
    },
    inFlight,
    turnedAway: (call) => turned.push(call),
    receiveTimeoutMs: 60_000,
  })

/** A call of grpc-js as its lower end: what is sent comes here, what is received is told from here. */
function callOf(use: ReturnType<typeof interceptor>, path: string, requestStream = false) {
  const sent: End[] = []
  let listener: Listener | undefined
  const lower = {
    start: (to: Listener) => (listener = to),
    sendStatus: (end: End) => {
      sent.push(end)
      listener?.onCancel()
    },
    getConnectionInfo: () => ({ remoteAddress: '192.0.2.1' }),
  } as unknown as ServerInterceptingCallInterface
  const unchanged = (bytes: Buffer): Buffer => bytes
  const definition = {
    path,
    requestStream,
    responseStream: false,
    requestDeserialize: unchanged,
    responseSerialize: unchanged,
  }
  const upper = use(definition as never, lower)
  upper.start({
    onReceiveMetadata: () => reached.push('head'),
    onReceiveMessage: () => reached.push('message'),
    onReceiveHalfClose: () => reached.push('whole'),
    onCancel: () => undefined,
  })
  const metadata = new Metadata()
  return {
    sent,
    head(authorization?: string): void {
      if (authorization !== undefined) metadata.set('authorization', authorization)
      listener?.onReceiveMetadata(metadata)
    },
    whole(): void {
      listener?.onReceiveMessage(Buffer.alloc(1))
      listener?.onReceiveHalfClose()
    },
    end: () => listener?.onCancel(),
  }
}

describe('a call of a door', () => {
  it('is refused by its head, before anything of it is read', () => {
    const call = callOf(interceptor(), DOOR)
    call.head()
    expect(call.sent).toMatchObject([{ code: status.UNAUTHENTICATED }])
    expect(reached).toEqual([])
    expect(turned).toMatchObject([{ door: 'door', reason: 'gateway.credential_missing', address: '192.0.2.1' }])
  })

  it('goes through, and is in flight until its status is sent', async () => {
    const call = callOf(interceptor(), DOOR)
    call.head('key')
    call.whole()
    expect(reached).toEqual(['head', 'message', 'whole'])
    let drained = false
    void inFlight.drain(10_000).then(() => (drained = true))
    await jest.advanceTimersByTimeAsync(100)
    expect(drained).toBe(false)
    call.end()
    await jest.advanceTimersByTimeAsync(0)
    expect(drained).toBe(true)
    expect(turned).toEqual([])
  })

  it('that does not come is ended', () => {
    const row = rowOf(grpcRows('otlp-grpc'), 'a message that does not come within 60 s')
    const call = callOf(interceptor(), DOOR)
    call.head('key')
    jest.advanceTimersByTime(59_999)
    expect(call.sent).toEqual([])
    jest.advanceTimersByTime(1)
    expect(call.sent).toMatchObject([expectedRefusal(row, 1)])
    expect(turned).toMatchObject([{ reason: row.reason }])
  })

  it('that came is not ended, and neither is a stream that says nothing', () => {
    const use = interceptor()
    const came = callOf(use, DOOR)
    came.head('key')
    came.whole()
    const silent = callOf(use, DOOR, true)
    silent.head('key')
    jest.advanceTimersByTime(600_000)
    expect([...came.sent, ...silent.sent]).toEqual([])
  })

  it('that grpc-js ends before it is whole is counted', () => {
    const call = callOf(interceptor(), DOOR)
    call.head('key')
    call.end()
    expect(turned).toMatchObject([{ door: 'door', reason: UNREAD }])
  })
})

describe('a call without a door', () => {
  const rows = grpcRows('grpc')

  it('needs no credential, but only so many are received at a time', () => {
    const row = rowOf(rows, 'a 17th call of health or reflection while 16 have not said what they want')
    const use = interceptor()
    const calls = Array.from({ length: 17 }, () => callOf(use, OPEN))
    for (const call of calls) call.head()
    expect(calls.map(({ sent }) => sent.length)).toEqual([...Array<number>(16).fill(0), 1])
    expect(calls[16]?.sent).toMatchObject([expectedRefusal(row, 1)])
    calls[0]?.whole()
    const next = callOf(use, OPEN)
    next.head()
    expect(next.sent).toEqual([])
    expect(turned).toEqual([])
  })

  it('is ended when it does not say what it wants, and not when it has said so', () => {
    const row = rowOf(rows, 'a call of health or reflection that says nothing for 10 s')
    const use = interceptor()
    const [silent, watching] = [callOf(use, OPEN), callOf(use, OPEN)]
    silent.head()
    watching.head()
    watching.whole()
    jest.advanceTimersByTime(10_000)
    expect(silent.sent).toMatchObject([expectedRefusal(row, 1)])
    expect(watching.sent).toEqual([])
  })
})
