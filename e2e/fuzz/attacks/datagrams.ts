import { createSocket } from 'node:dgram'
import type { Attack } from '../attack.ts'
import { mutate, noise } from '../chance.ts'
import { linesOf, pointsJson } from '../samples.ts'
import { MALLORY } from '../world.ts'

const STATSD =
  'fuzz.hits:1|c|@0.5|#env:prod,host:a\nfuzz.time:320:250|ms\nfuzz.users:abc|s\nfuzz.level:-5|g|T1700000000\n_e{5,4}:title|text'

export const statsd: Attack = {
  name: 'statsd',
  about: 'datagrams with bytes changed, and datagrams that are none',
  async attempt(world, chance) {
    const socket = createSocket('udp4')
    for (let sent = 0; sent < 20; sent++) {
      const datagram = chance.pick([
        () => mutate(chance, Buffer.from(STATSD)),
        () => chance.draw(noise),
        () => Buffer.from(STATSD.replaceAll('fuzz', `f${chance.below(100_000)}`)),
      ])()
      await new Promise<void>((resolve) => socket.send(datagram, world.ports.statsd, '127.0.0.1', () => resolve()))
    }
    socket.close()
  },
}

/** mosquitto_pub takes the payload from its command line, where no byte may be zero. */
const text = (bytes: Buffer): string => bytes.toString('latin1').replaceAll('\u0000', '0')

export const mqtt: Attack = {
  name: 'mqtt',
  about: 'payloads and topics of all kinds, through a real broker',
  async attempt(world, chance) {
    const valid = chance.pick([linesOf, pointsJson])(chance)
    const payload = chance.pick([() => mutate(chance, valid), () => chance.draw(noise), () => valid])()
    const tenant = chance.pick([MALLORY, MALLORY, 'nobody', 'Not-a-tenant', 'x'.repeat(200)])
    const property = ['-V', '5', '-D', 'publish', 'user-property', 'precision', chance.pick(['ms', 's', 'h', ''])]
    await world.broker.publish(tenant, text(payload), ...(chance.below(2) === 0 ? property : []))
  },
}
