import { BACKENDS } from '../rig/backends.ts'
import type { Rig } from '../rig/rig.ts'
import { LINKED, SERVICES } from '../rig/services.ts'

/** Whatever a scenario left behind is mended; does nothing where all is well. */
export async function restore({ cluster, backends, fleet, doorways }: Rig): Promise<void> {
  for (const service of LINKED) cluster.link(service, { kind: 'pass' })
  for (const doorway of doorways) doorway.set({ kind: 'pass' })
  for (const name of BACKENDS) {
    const { gate, network, disk } = backends.sites[name]
    gate.rule()
    network.set({ kind: 'pass' })
    disk?.free()
  }
  const dead = cluster.kafka.brokers.filter(({ alive }) => !alive)
  await Promise.all(dead.map((broker) => broker.restart()))
  for (const broker of cluster.kafka.brokers) process.kill(broker.pid, 'SIGCONT')
  await Promise.all(
    SERVICES.map(async (name) => {
      if (fleet.runs(name, 1)) await fleet.stop(name, 1)
      if (!fleet.runs(name)) await fleet.start(name)
      fleet.thaw(name)
    }),
  )
}
