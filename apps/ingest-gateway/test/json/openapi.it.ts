import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { requireKafka } from '@pegel/testing'
import { badInputRows } from '../support/bad-input-rows.ts'
import { RunningGateway } from '../support/running-gateway.ts'

let gateway: RunningGateway
beforeAll(async () => {
  gateway = await RunningGateway.start(requireKafka())
})
afterAll(() => gateway.close())

interface Operation {
  readonly tags: readonly string[]
  readonly security?: readonly object[]
  readonly responses: Readonly<Record<string, unknown>>
}

const committed = JSON.parse(readFileSync('docs/openapi.json', 'utf8')) as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}

describe('/openapi.json', () => {
  it('is the committed document, without a key', async () => {
    const response = await fetch(gateway.url('/openapi.json'))
    expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([200, '*'])
    expect(await response.json()).toEqual(committed)
  })

  it('describes what is there: every operation exists, and those that need a key say so', async () => {
    for (const [path, operations] of Object.entries(committed.paths)) {
      for (const [method, { security, tags, responses }] of Object.entries(operations)) {
        const { status, headers } = await fetch(gateway.url(path), { method: method.toUpperCase() })
        if (security === undefined) expect([path, status]).toEqual([path, 401])
        else if (tags.includes('about')) expect([path, status]).toEqual([path, path === '/ping' ? 204 : 200])
        else {
          // A page for people, even where links are off; what is unknown answers in JSON.
          expect([path, headers.get('content-type')]).toEqual([path, expect.stringContaining('text/html')])
          expect(Object.keys(responses)).toContain(String(status))
        }
      }
    }
  })

  it.each(badInputRows('openapi'))('$input: $status $code', async ({ status, code }) => {
    const response = await fetch(gateway.url('/openapi.json'), { method: 'POST', body: '{}' })
    expect([response.status, response.headers.get('allow')]).toEqual([status, 'GET, HEAD'])
    expect(await response.json()).toMatchObject({ code })
  })
})
