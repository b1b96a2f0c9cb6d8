import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from '@jest/globals'
import { startStandIn } from '../run/stand-in.ts'

describe('the stand-in for InfluxDB', () => {
  it('answers for the organisation and its buckets and passes writes on', async () => {
    const seen: string[] = []
    const behind = createServer((request, response) => {
      void request.toArray().then((chunks) => {
        seen.push(`${request.method ?? ''} ${request.url ?? ''} ${Buffer.concat(chunks as Buffer[]).toString()}`)
        response.writeHead(204).end()
      })
    })
    behind.listen(0, '127.0.0.1')
    await once(behind, 'listening')
    const { url, close } = await startStandIn(`http://127.0.0.1:${(behind.address() as AddressInfo).port}`, 'pegel')
    const ask = async (path: string): Promise<unknown> => (await fetch(url + path)).json()

    expect(await ask('/api/v2/orgs?org=pegel')).toMatchObject({ orgs: [{ name: 'pegel' }] })
    expect(await ask('/api/v2/buckets?name=b')).toEqual({ buckets: [] })
    const made = await fetch(`${url}/api/v2/buckets`, { method: 'POST', body: JSON.stringify({ name: 'b' }) })
    expect(made.status).toBe(201)
    expect(await ask('/api/v2/buckets?name=b')).toMatchObject({ buckets: [{ name: 'b' }] })

    const written = await fetch(`${url}/api/v2/write?bucket=b`, { method: 'POST', body: 'm f=1 1' })
    expect(written.status).toBe(204)
    expect(seen).toEqual(['POST /api/v2/write?bucket=b m f=1 1'])

    behind.close()
    behind.closeAllConnections()
    await expect(fetch(`${url}/api/v2/write?bucket=b`, { method: 'POST', body: 'm f=1 1' })).rejects.toThrow()
    close()
  })
})
