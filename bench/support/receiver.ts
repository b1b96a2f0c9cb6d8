import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Child } from './child.ts'

/** A receiver that takes everything and costs little: what a sender alone can do. To be run as a child, which says its `url`. */
export async function takeAll(_order: object, child: Child): Promise<void> {
  const server = createServer((request, response) => {
    request.resume()
    request.on('end', () => response.writeHead(204).end())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  child.ready({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
  await child.over
}
