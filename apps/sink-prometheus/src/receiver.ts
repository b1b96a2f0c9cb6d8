import { flavourOf } from './flavour.ts'
import type { Flavour } from './flavour.ts'

/** What the sink has to know of the other side. */
export interface Receiver {
  readonly flavour: Flavour
  /** Takes native histograms by remote write 1.0. One that does not know them drops them without a word, so this must not be guessed. */
  readonly nativeHistograms: boolean
}

export interface Probe {
  /** GET below the receiver's base address; null when it answers with anything but a success. */
  get(path: string): Promise<{ readonly headers: Readonly<Record<string, unknown>>; readonly body: string } | null>
}

export interface ReceiverSettings {
  readonly url: URL
  readonly flavour: Flavour | 'auto'
  readonly nativeHistograms: 'auto' | 'on' | 'off'
}

/** Finds out what is not configured; the answer holds until the receiver is asked again. */
export async function detectReceiver(settings: ReceiverSettings, probe: Probe): Promise<Receiver> {
  const flavour = settings.flavour === 'auto' ? await detectFlavour(settings.url, probe) : settings.flavour
  if (settings.nativeHistograms !== 'auto') return { flavour, nativeHistograms: settings.nativeHistograms === 'on' }
  return { flavour, nativeHistograms: flavour === 'prometheus' && (await takesNativeHistograms(probe)) }
}

async function detectFlavour(url: URL, probe: Probe): Promise<Flavour> {
  const told = flavourOf(url)
  if (told === 'mimir' || told === 'cortex') return told
  // Its write path is Prometheus' own, but every answer names the host in this header.
  const health = await probe.get('/health')
  return health?.headers['x-server-hostname'] === undefined ? 'prometheus' : 'victoriametrics'
}

/** Before 3.8 they are a feature to switch on, and its name is among the flags. */
async function takesNativeHistograms(probe: Probe): Promise<boolean> {
  const flags = await probe.get('/api/v1/status/flags')
  const features = dataOf(flags?.body)['enable-feature'] ?? ''
  if (features.split(',').includes('native-histograms')) return true
  const build = await probe.get('/api/v1/status/buildinfo')
  const [major = 0, minor = 0] = (dataOf(build?.body).version ?? '').split('.').map(Number)
  return major > 3 || (major === 3 && minor >= 8)
}

function dataOf(body: string | undefined): Readonly<Record<string, string | undefined>> {
  try {
    const parsed = JSON.parse(body ?? '{}') as { readonly data?: Readonly<Record<string, string>> }
    return parsed.data ?? {}
  } catch {
    return {}
  }
}
