import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AlertRecord } from '@pegel/contracts'
import { formatLabels, labelsOf } from '../../src/labels.ts'
import { startComponent } from '../../../../tools/stack/index.ts'
import type { Told } from '../support/tenant.ts'
import { alertmanagerConfig } from './tenant-file.ts'
import type { SharedConfig } from './tenant-file.ts'

interface WebhookBody {
  readonly receiver: string
  readonly groupKey: string
  readonly status: string
  readonly alerts: readonly { readonly status: string; readonly labels: Readonly<Record<string, string>> }[]
}

/** The real Alertmanager, and a receiver of its webhooks. */
export class RealAlertmanager {
  readonly told: Told[] = []
  readonly #silences = new Map<string, string>()
  #server: Server | undefined
  #stop: () => Promise<void> = () => Promise.resolve()
  #url = ''

  async start(config: SharedConfig): Promise<void> {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        this.told.push(toTold(JSON.parse(Buffer.concat(chunks).toString('utf8')) as WebhookBody))
        response.end()
      })
    })
    this.#server = server
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const dataDir = mkdtempSync(join(tmpdir(), 'pegel-parity-'))
    const configFile = join(dataDir, 'config.yml')
    writeFileSync(configFile, alertmanagerConfig(config, `http://127.0.0.1:${(server.address() as AddressInfo).port}`))
    const component = await startComponent('alertmanager', { dataDir, local: true, config: { configFile } })
    this.#url = component.url.replace(/\/$/, '')
    this.#stop = async () => {
      await component.stop()
      rmSync(dataDir, { recursive: true, force: true })
    }
  }

  /** @param nowMs start, and end of a resolved one */
  async post(alert: AlertRecord, { startsAtMs, endsAtMs }: { startsAtMs: number; endsAtMs?: number }): Promise<void> {
    const times = { startsAt: isoOf(startsAtMs), ...(endsAtMs === undefined ? {} : { endsAt: isoOf(endsAtMs) }) }
    await this.#ask('POST', '/api/v2/alerts', [{ labels: labelsOf(alert), annotations: {}, ...times }])
  }

  async silence(
    id: string,
    matchers: readonly { name: string; value: string; isRegex: boolean }[],
    { startsAtMs, endsAtMs }: { startsAtMs: number; endsAtMs: number },
  ): Promise<void> {
    const times = { startsAt: isoOf(startsAtMs), endsAt: isoOf(endsAtMs) }
    const body = {
      matchers: matchers.map((each) => ({ ...each, isEqual: true })),
      ...times,
      createdBy: 'test',
      comment: id,
    }
    const { silenceID } = (await (await this.#ask('POST', '/api/v2/silences', body)).json()) as { silenceID: string }
    this.#silences.set(id, silenceID)
  }

  async expire(id: string): Promise<void> {
    await this.#ask('DELETE', `/api/v2/silence/${this.#silences.get(id) ?? ''}`)
  }

  async close(): Promise<void> {
    await this.#stop()
    await new Promise((resolve) => this.#server?.close(resolve) ?? resolve(undefined))
  }

  async #ask(method: string, path: string, body?: unknown): Promise<Response> {
    const response = await fetch(`${this.#url}${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
    return response
  }
}

function toTold({ receiver, groupKey, status, alerts }: WebhookBody): Told {
  const labels = (wanted: string): readonly string[] =>
    alerts
      .filter((alert) => alert.status === wanted)
      .map((alert) => formatLabels(alert.labels))
      .sort()
  return { receiver, groupKey, status, firing: labels('firing'), resolved: labels('resolved') }
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString()
}
