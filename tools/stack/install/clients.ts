import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { clientVariables } from '../environment.ts'
import type { ClientName } from '../types.ts'
import { pythonPackages, versions } from '../versions.ts'
import { aptFolder } from './apt.ts'
import { installed } from './cache.ts'
import type { Artefact } from './cache.ts'
import { mosquittoPrograms } from './mosquitto.ts'
import { run } from './run.ts'
import { whichIn } from './which.ts'

const contrib = 'github.com/open-telemetry/opentelemetry-collector-contrib'
const core = 'go.opentelemetry.io/collector'

/** Parts of the Collector that clients and benchmarks need: everything else would only make it slower to build. */
const collectorParts = {
  receivers: [`${core}/receiver/otlpreceiver`, `${contrib}/receiver/kafkareceiver`],
  processors: [`${core}/processor/batchprocessor`],
  exporters: [
    `${core}/exporter/otlpexporter`,
    `${core}/exporter/otlphttpexporter`,
    `${core}/exporter/nopexporter`,
    `${contrib}/exporter/kafkaexporter`,
    `${contrib}/exporter/prometheusremotewriteexporter`,
  ],
}

function collectorManifest(outputDir: string): string {
  const parts = Object.entries(collectorParts).map(
    ([kind, modules]) =>
      `${kind}:\n${modules.map((module) => `  - gomod: ${module} v${versions.otelCollector}\n`).join('')}`,
  )
  return `dist: {name: otelcol, output_path: ${JSON.stringify(outputDir)}, module: pegel.local/otelcol}\n${parts.join('')}`
}

const collector: Artefact = {
  component: 'otelCollector',
  id: `otelcol-${versions.otelCollector}-1`,
  note: `building ${versions.otelCollector} from source (once, about five minutes)`,
  programs: ['go'],
  async install({ dir, logFile, programs: [go = ''] }) {
    const env = { GOBIN: dir, GOWORK: 'off', CGO_ENABLED: '0' }
    await run(go, ['install', `${core}/cmd/builder@v${versions.otelCollector}`], { env, logFile })
    const manifest = join(dir, 'manifest.yaml')
    writeFileSync(manifest, collectorManifest(dir))
    await run(join(dir, 'builder'), ['--config', manifest], { env, logFile })
  },
}

/** Wheels unpacked into one folder: unlike a virtual environment it may be renamed. */
const pythonClients: Artefact = {
  component: 'pythonClients',
  id: `python-clients-${versions.pythonRecipe}`,
  note: 'fetching the Python packages (once, a few seconds)',
  programs: ['python3'],
  async install({ dir, logFile, programs: [python = ''] }) {
    const args = ['-m', 'pip', 'install', '--quiet', '--no-input', '--disable-pip-version-check', '--target', dir]
    await run(python, [...args, ...pythonPackages], { logFile })
  },
}

/** How a client is run: a command, and environment that it needs. */
export interface ClientProgram {
  readonly command: string
  readonly env: Readonly<Record<string, string>>
}

/** A stock client: the one that its variable names, else installed into the cache once. Throws ComponentUnavailable when neither is possible. */
export async function clientProgram(
  name: ClientName,
  onProgress: (line: string) => void = () => undefined,
): Promise<ClientProgram> {
  const own = process.env[clientVariables[name].address] ?? ''
  if (own !== '') return { command: own, env: {} }
  const which = whichIn(process.env)
  if (name === 'otelCollector') {
    const folder = await installed(collector, which, onProgress)
    return { command: join(folder, 'otelcol'), env: {} }
  }
  if (name === 'mosquittoPub') {
    const { publish, env } = await mosquittoPrograms(which, onProgress)
    return { command: publish, env }
  }
  if (name === 'netcat') {
    const found =
      which('nc') ?? join(await aptFolder({ component: 'netcat', which, onProgress }), 'bin', 'nc.traditional')
    return { command: found, env: {} }
  }
  const folder = await installed(pythonClients, which, onProgress)
  return { command: which('python3') ?? 'python3', env: { PYTHONPATH: folder } }
}
