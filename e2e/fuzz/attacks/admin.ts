import fc from 'fast-check'
import { answered } from '../attack.ts'
import type { Attack } from '../attack.ts'
import { noise } from '../chance.ts'
import { SERVICES } from '../world.ts'

export const admin: Attack = {
  name: 'admin',
  about: 'the admin port of every service',
  workers: 2,
  async attempt(world, chance) {
    const service = chance.pick(SERVICES)
    const path = chance.pick([
      '/healthz',
      '/readyz',
      '/metrics',
      chance.draw(fc.webPath()),
      '/../../etc/passwd',
      '/metrics?x=%00',
    ])
    const method = chance.pick(['GET', 'GET', 'POST', 'PUT', 'DELETE', 'OPTIONS'])
    const body = method === 'POST' || method === 'PUT' ? { body: new Uint8Array(chance.draw(noise)) } : {}
    const url = `http://127.0.0.1:${world.adminPort(service)}${path.startsWith('/') ? path : `/${path}`}`
    const type = chance.pick(['application/json', 'text/plain', 'nothing', 'application/x-www-form-urlencoded'])
    const response = await answered(
      `${method} ${path} of ${service}`,
      fetch(url, { method, ...body, headers: { 'content-type': type } }),
    )
    const text = await response.text()
    // Not being ready is no failure of the question.
    if (response.status >= 500 && !(path === '/readyz' && response.status === 503))
      throw new Error(`${method} ${path} of ${service} was answered with ${response.status}: ${text.slice(0, 300)}`)
  },
}
