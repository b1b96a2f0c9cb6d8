import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createEgress } from '../../src/channels/egress/egress.ts'
import type { EgressOptions } from '../../src/channels/egress/egress.ts'
import { startReceiver } from './receiver.ts'
import type { Receiver } from './receiver.ts'

let receiver: Receiver

beforeAll(async () => {
  receiver = await startReceiver({ status: 200 })
})

afterAll(() => {
  receiver.close()
})

const port = (): string => new URL(receiver.url).port

async function postTo(url: string, options: Partial<EgressOptions> = {}): Promise<string> {
  const egress = createEgress({ allow: [], timeoutMs: 2000, ...options })
  try {
    const { status } = await egress.post({ url, headers: {}, body: 'x', signal: new AbortController().signal })
    return String(status)
  } catch (error) {
    const { code, cause } = error as { readonly code?: string; readonly cause?: { readonly code?: string } }
    return String(cause?.code ?? code ?? error)
  } finally {
    await egress.close()
  }
}

const REFUSED = 'alert_channel.address_refused'
const leadsTo =
  (...addresses: readonly string[]): NonNullable<EgressOptions['resolve']> =>
  () =>
    Promise.resolve(addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })))

describe('the way out', () => {
  it.each([
    ...['http://127.0.0.1', 'http://127.1', 'http://2130706433', 'http://0x7f000001', 'http://0177.0.0.1', 'http://0'],
    ...['http://[::1]', 'http://[::ffff:127.0.0.1]', 'http://localhost', 'http://169.254.169.254'],
    ...[
      'https://127.0.0.1',
      'https://[::ffff:10.0.0.1]',
      'https://localhost',
      'https://user:pass@1.1.1.1',
      'ftp://1.1.1.1',
    ],
  ])('is closed to %s', async (url) => {
    expect(await postTo(url.startsWith('ftp') ? url : `${url}:${port()}/`)).toBe(REFUSED)
    expect(receiver.received).toEqual([])
  })

  it.each([[['127.0.0.1']], [['10.0.0.1']], [['1.1.1.1', '10.0.0.1']], [['::1']], [[]]])(
    'is closed to a name that leads to %j',
    async (addresses) => {
      expect(await postTo('https://inside.example/', { resolve: leadsTo(...addresses) })).toBe(REFUSED)
    },
  )

  it('is closed to a public address in plain text', async () => {
    expect(await postTo('http://a.example/', { resolve: leadsTo('1.1.1.1') })).toBe(REFUSED)
  })

  it('connects to the address that it has checked, and asks for it once', async () => {
    let asked = 0
    const resolve: NonNullable<EgressOptions['resolve']> = () => {
      asked += 1
      // The second answer would lead elsewhere, as a rebinding name's does.
      return Promise.resolve([{ address: asked === 1 ? '127.0.0.1' : '10.0.0.1', family: 4 }])
    }
    expect(await postTo(`http://rebinding.example:${port()}/`, { resolve, allow: ['127.0.0.0/8'] })).toBe('200')
    expect([asked, receiver.received.pop()?.headers.host]).toEqual([1, `rebinding.example:${port()}`])
  })

  it('does not wait for an answer without end', async () => {
    const slow = createServer((_, response) => {
      const drip = setInterval(() => response.write('x'), 20)
      response.on('close', () => {
        clearInterval(drip)
      })
    }).listen(0, '127.0.0.1')
    await once(slow, 'listening')
    try {
      const { port: at } = slow.address() as AddressInfo
      const outcome = await postTo(`http://127.0.0.1:${at}/`, { allow: ['127.0.0.0/8'], timeoutMs: 200 })
      expect(outcome).toBe(String(DOMException.TIMEOUT_ERR))
    } finally {
      slow.closeAllConnections()
      slow.close()
    }
  })

  it('is open to what the operator allows', async () => {
    expect(await postTo(`${receiver.url}/`, { allow: ['127.0.0.0/8'] })).toBe('200')
  })
})
