import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'
import { StartFailed } from '../errors.ts'

export const loopback = '127.0.0.1'

/** Below the range from which systems take ports for outgoing connections, so none of those can steal one. */
const firstPort = 18_000
const lastPort = 32_000

export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ port, host: loopback, exclusive: true }, () => server.close(() => resolve(true)))
  })
}

/** Ports that freePort() has named: whoever asked may not listen yet. */
const given = new Set<number>()

/** Random, so that stacks which start at the same time do not pick the same one. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const port = randomInt(firstPort, lastPort)
    if (given.has(port) || !(await isFree(port))) continue
    // Somebody else may have asked for the same one meanwhile.
    if (given.has(port)) continue
    given.add(port)
    return port
  }
  throw new StartFailed(`No free port found on ${loopback} between ${firstPort} and ${lastPort}.`)
}

/** The wanted port when it is free, any free one when none is wanted. */
export async function choosePort(label: string, wanted: number | undefined): Promise<number> {
  if (wanted === undefined) return freePort()
  if (await isFree(wanted)) return wanted
  throw new StartFailed(
    `${label} cannot use port ${wanted}: something listens on ${loopback}:${wanted} already; stop that or choose another port.`,
  )
}
