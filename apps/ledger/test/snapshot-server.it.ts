import { request } from 'node:http'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { ledgerErrors } from '../src/errors.ts'
import { SnapshotServer } from '../src/snapshot-server.ts'

const server = new SnapshotServer(
  () => {
    throw ledgerErrors.reading()
  },
  { brokers: [], prefix: '' },
)

beforeAll(() => server.start(0, '127.0.0.1'))
afterAll(() => server.close())

/** The status of the answer to a path as it is: fetch would mend it. */
function statusOf(path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request({ port: server.port, host: '127.0.0.1', path, agent: false }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
      .once('error', reject)
      .end()
  })
}

it.each([
  ['//', 404],
  ['http://[', 404],
  ['/%', 404],
  ['/ledger', 503],
])('answers %s with %i, and goes on', async (path, status) => {
  expect(await statusOf(path)).toBe(status)
})
