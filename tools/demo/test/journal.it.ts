import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { eventually } from '@pegel/testing'
import { readJournal } from '../journal/read-journal.ts'

const root = join(import.meta.dirname, '..', '..', '..')
let dir: string
let shop: ChildProcess | undefined

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'pegel-journal-'))
})

afterEach(() => {
  shop?.kill('SIGKILL')
  rmSync(dir, { recursive: true })
})

/** Answers with these statuses in turn, the last one for ever, and counts the requests. Without any it never answers. */
async function receiver(
  statuses: readonly number[],
): Promise<{ url: string; requests: () => number; close: () => void }> {
  let requests = 0
  const server = createServer((request, response) => {
    response.statusCode = statuses[Math.min(requests, statuses.length - 1)] ?? 200
    requests += 1
    request.resume().on('end', () => (statuses.length > 0 ? response.end() : undefined))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const close = (): void => {
    server.closeAllConnections()
    server.close()
  }
  return { url, requests: () => requests, close }
}

function startShop(endpoint: string, journal: string): ChildProcess {
  const preload = join(root, 'tools/demo/journal/otel-preload.ts')
  const args = ['--import', preload, join(root, 'examples/shop/src/main.ts'), '--interval', '1000']
  return spawn(join(root, 'node_modules/node/bin/node'), args, {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, PEGEL_DEMO_JOURNAL: journal, NODE_OPTIONS: '' },
  })
}

describe('the journal of a program with the OpenTelemetry SDK', () => {
  it('tells acknowledged exports from refused ones, and has the last one of a SIGTERM', async () => {
    const journal = join(dir, 'shop.jsonl')
    const gateway = await receiver([200, 400, 200])
    shop = startShop(gateway.url, journal)
    await eventually(() => expect(gateway.requests()).toBeGreaterThanOrEqual(3), { deadlineMs: 20_000 })
    const beforeTheEnd = gateway.requests()
    shop.kill('SIGTERM')
    expect(await once(shop, 'exit')).toEqual([0, null])
    gateway.close()

    const points = readJournal('shop', journal)
    const stock = points.filter(({ attributes }) => attributes['product.id'] === 'sandbag')
    expect(gateway.requests()).toBeGreaterThan(beforeTheEnd)
    expect(stock.map(({ acknowledged }) => acknowledged)).toEqual([
      true,
      false,
      ...Array.from({ length: gateway.requests() - 2 }, () => true),
    ])
    expect(points.every(({ tenant }) => tenant === 'shop')).toBe(true)
    expect(new Set(points.map(({ metric }) => metric.name))).toContain('http.server.request.duration')
  })

  it('has what was sent when the program is killed before the answer', async () => {
    const journal = join(dir, 'shop.jsonl')
    const gateway = await receiver([])
    shop = startShop(gateway.url, journal)
    await eventually(() => expect(gateway.requests()).toBe(1), { deadlineMs: 20_000 })
    shop.kill('SIGKILL')
    await once(shop, 'exit')
    gateway.close()
    const points = readJournal('shop', journal)
    expect(points).not.toEqual([])
    expect(points.filter(({ acknowledged }) => acknowledged)).toEqual([])
  })

  it('is empty before the first export', () => {
    expect(readJournal('shop', join(dir, 'none.jsonl'))).toEqual([])
  })
})
