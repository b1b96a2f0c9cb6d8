import { gauges, protobufOf } from '../../../apps/ingest-gateway/test/support/requests.ts'
import type { Attack } from '../attack.ts'
import { call } from '../http-call.ts'
import { MALLORY } from '../world.ts'

const POINTS = 1000

export const labelFlood: Attack = {
  name: 'label-flood',
  about: 'a thousand new series a request, in one name or in as many',
  async attempt(world, chance) {
    const run = chance.below(1_000_000_000)
    const manyNames = chance.below(2) === 0
    const points = Array.from({ length: POINTS }, (_, index) => ({
      name: manyNames ? `flood_${run}_${index}` : 'flood',
      value: index,
      labels: { run: `${run}`, index: `${index}`, filler: 'x'.repeat(chance.pick([0, 0, 100])) },
    }))
    const headers = { authorization: `Bearer ${world.keys[MALLORY]}`, 'content-type': 'application/x-protobuf' }
    await call({ port: world.ports.http, path: '/v1/metrics', headers, body: protobufOf(gauges(points)) })
  },
}
