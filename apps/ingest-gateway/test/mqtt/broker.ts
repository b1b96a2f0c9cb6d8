import { execFile } from 'node:child_process'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { clientProgram, startComponent } from '../../../../tools/stack/index.ts'

const run = promisify(execFile)

/** A real Mosquitto of one's own, and its mosquitto_pub. */
export class Broker {
  readonly #dataDir: string
  readonly #port: number
  #stop: () => Promise<void>

  private constructor(dataDir: string, port: number, stop: () => Promise<void>) {
    this.#dataDir = dataDir
    this.#port = port
    this.#stop = stop
  }

  static async start(): Promise<Broker> {
    const dataDir = await mkdtemp(join(tmpdir(), 'pegel-mqtt-'))
    const { url, stop } = await startComponent('mosquitto', { dataDir, local: true })
    return new Broker(dataDir, Number(new URL(url).port), stop)
  }

  get url(): string {
    return `mqtt://127.0.0.1:${this.#port}`
  }

  /** Publishes with QoS 1 and resolves when the broker has it. */
  async publish(tenant: string, payload: string, ...options: readonly string[]): Promise<void> {
    const { command, env } = await clientProgram('mosquittoPub')
    const args = ['-p', String(this.#port), '-q', '1', '-t', `pegel/${tenant}/metrics`, '-m', payload, ...options]
    await run(command, args, { env: { ...process.env, ...env } })
  }

  async stop(): Promise<void> {
    await this.#stop()
  }

  /** Same port, same data. */
  async restart(): Promise<void> {
    const started = await startComponent('mosquitto', { dataDir: this.#dataDir, local: true, port: this.#port })
    this.#stop = () => started.stop()
  }
}
