import { setTimeout as sleep } from 'node:timers/promises'
import type { Product } from './shop.ts'

/** Keeps `count` visitors in the shop until the signal fires; each comes, looks, buys or leaves, and comes again. */
export async function sendVisitors(baseUrl: string, count: number, signal: AbortSignal): Promise<void> {
  await Promise.all(Array.from({ length: count }, (_, index) => visitAgain(baseUrl, `visitor-${index}`, signal)))
}

async function visitAgain(baseUrl: string, visitor: string, signal: AbortSignal): Promise<void> {
  const open = (): boolean => !signal.aborted
  while (open()) {
    try {
      await visit(baseUrl, visitor, signal)
    } catch (error) {
      // The request under way when the shop closes ends here; anything else is worth seeing.
      if (open()) process.stderr.write(`visitor: ${String(error)}\n`)
    }
    await pause(signal)
  }
}

async function visit(baseUrl: string, visitor: string, signal: AbortSignal): Promise<void> {
  const ask = (method: string, path: string): Promise<Response> =>
    fetch(`${baseUrl}${path}`, { method, headers: { 'x-visitor': visitor }, signal })
  await (await ask('GET', '/')).arrayBuffer()
  await pause(signal)
  const products = (await (await ask('GET', '/products')).json()) as Product[]
  if (Math.random() < 0.05) await (await ask('GET', '/wp-login.php')).arrayBuffer()
  while (Math.random() < 0.6) {
    await pause(signal)
    const product = products[Math.floor(Math.random() * products.length)]
    await (await ask('POST', `/cart?product=${product?.id ?? ''}`)).arrayBuffer()
  }
  if (Math.random() < 0.7) {
    const method = Math.random() < 0.8 ? 'card' : 'transfer'
    await (await ask('POST', `/checkout?method=${method}`)).arrayBuffer()
  }
}

/** People read before they click. */
async function pause(signal: AbortSignal): Promise<void> {
  await sleep(20 + Math.random() * 200, undefined, { signal }).catch(() => undefined)
}
