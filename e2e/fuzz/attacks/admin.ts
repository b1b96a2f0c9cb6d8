import fc from 'fast-check'
import type { Attack } from '../attack.ts'
import { noise } from '../chance.ts'
import { call } from '../http-call.ts'
import { SERVICES } from '../world.ts'

/** As they stand in the request's first line: nothing mends them on the way. */
const PATHS = ['/healthz', '/readyz', '/metrics', '/metrics?x=%00', '/../../etc/passwd', '//', '/%', 'http://[', '*']
const LEDGER_PATHS = [
  '/ledger',
  '/ledger?since=%',
  '/ledger?since=1e999',
  '/ledger?tenant=__proto__&sink=,,',
  '//',
  '/?',
]
/** Not being ready is no failure of the question. */
const NOT_READY = /"status":"(not_ready|starting)"|ledger\.(reading|stale)/
const TYPES = ['application/json', 'text/plain', 'nothing', 'application/x-www-form-urlencoded']

export const admin: Attack = {
  name: 'admin',
  about: 'the admin port of every service, and the ledger',
  workers: 2,
  async attempt(world, chance) {
    const service = chance.pick(SERVICES)
    const askLedger = chance.below(4) === 0
    const any = `/${chance.draw(fc.webPath())}?${chance.draw(fc.webQueryParameters())}`
    const method = chance.pick(['GET', 'GET', 'POST', 'PUT', 'DELETE', 'OPTIONS'])
    await call({
      port: askLedger ? world.ports.ledger : world.adminPort(service),
      method,
      path: chance.pick([...(askLedger ? LEDGER_PATHS : PATHS), any]),
      headers: { 'content-type': chance.pick(TYPES), accept: chance.pick(['*/*', 'application/openmetrics-text', '']) },
      body: method === 'POST' || method === 'PUT' ? chance.draw(noise) : Buffer.alloc(0),
      busy: NOT_READY,
    })
  },
}
