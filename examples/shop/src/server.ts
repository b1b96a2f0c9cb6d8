import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Instruments } from './instruments.ts'
import type { Presence } from './presence.ts'
import type { Answer, Route } from './routes.ts'

/** Serves the routes, measures every request as the HTTP conventions name it, and notes who was there. */
export function createShopServer(routes: readonly Route[], instruments: Instruments, presence: Presence): Server {
  return createServer((request, response) => {
    presence.note(visitorOf(request))
    void serve(routes, instruments, request, response)
  })
}

async function serve(
  routes: readonly Route[],
  instruments: Instruments,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const started = performance.now()
  const url = new URL(request.url ?? '/', 'http://shop')
  const method = request.method ?? 'GET'
  const route = routes.find((candidate) => candidate.path === url.pathname && candidate.method === method)
  const active = { 'http.request.method': method, 'url.scheme': 'http' }
  instruments.activeRequests.add(1, active)
  const { status, body } = await answer(route, request, url)
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  instruments.activeRequests.add(-1, active)
  instruments.requestDuration.record((performance.now() - started) / 1000, {
    ...active,
    // An unknown path is the client's text: as an attribute it would make a series per typing error.
    ...(route === undefined ? {} : { 'http.route': route.path }),
    'http.response.status_code': status,
  })
}

async function answer(route: Route | undefined, request: IncomingMessage, url: URL): Promise<Answer> {
  request.resume()
  if (route === undefined) return { status: 404, body: { error: 'not found' } }
  await sleep(workMs(route.medianMs))
  return route.handle(visitorOf(request), url.searchParams)
}

function visitorOf(request: IncomingMessage): string {
  return String(request.headers['x-visitor'] ?? '')
}

/** Log-normal with sigma 0.6: one request in a hundred takes four times the median. */
export function workMs(medianMs: number): number {
  const normal = Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random())
  return medianMs * Math.exp(0.6 * normal)
}
