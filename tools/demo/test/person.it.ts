import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { eventually } from '@pegel/testing'
import type { Mail } from '../alerting/mail.ts'
import { createPerson } from '../alerting/person.ts'

const asked: string[] = []
let server: Server
let status = 200

beforeEach(async () => {
  asked.length = 0
  status = 200
  server = createServer(({ method = '', url = '' }, response) => {
    asked.push(`${method} ${url}`)
    response.writeHead(status).end(status === 200 ? '<form method="post"><button>…</button></form>' : 'not now')
    status = 200
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
})

afterEach(() => {
  server.closeAllConnections()
  server.close()
})

function mail(changes: Partial<Mail>): Mail {
  const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    ...{ atMs: 0, to: ['ann@shop.example'], subject: 'critical: x', text: '', html: '', id: '', inReplyTo: '' },
    ...{ group: 'g', event: 'firing', step: 1, alerts: [] },
    ...{ links: { Acknowledge: `${at}/acknowledge`, Resolve: `${at}/resolve` }, ...changes },
  }
}

const ACKNOWLEDGED = ['GET /acknowledge', 'POST /acknowledge']

it('acknowledges what comes by escalation, once each time that it begins', async () => {
  const said: string[] = []
  const person = createPerson({ say: (line) => said.push(line), signal: new AbortController().signal })
  person.read(mail({ step: 0 }))
  for (const event of ['firing', 'firing', 'resolved', 'firing'] as const) person.read(mail({ event }))
  await eventually(() => {
    expect([...asked].sort()).toEqual([...ACKNOWLEDGED, ...ACKNOWLEDGED].sort())
  })
  expect(said).toHaveLength(5)
})

it('asks again when nobody answers as it should', async () => {
  status = 503
  createPerson({ say: () => undefined, signal: new AbortController().signal }).read(mail({}))
  await eventually(() => {
    expect(asked).toEqual(['GET /acknowledge', ...ACKNOWLEDGED])
  })
})

it('resolves by hand what is open, and nothing else', async () => {
  const person = createPerson({ say: () => undefined, signal: new AbortController().signal })
  person.read(mail({ step: 0 }))
  person.read(mail({ step: 0, group: 'over' }))
  person.read(mail({ group: 'over', event: 'resolved' }))
  await person.resolve()
  expect(asked).toEqual(['GET /resolve', 'POST /resolve'])
})

it('says when a mail has no link', async () => {
  const said: string[] = []
  createPerson({ say: (line) => said.push(line), signal: new AbortController().signal }).read(mail({ links: {} }))
  await eventually(() => {
    expect(said.join()).toContain('nobody could acknowledge: the mail has no link to acknowledge')
  })
})
