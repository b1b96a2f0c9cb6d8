import type { ReceiverAnswer } from './classify.ts'
import { prometheusErrors } from './errors.ts'
import { flavourOf, keepsRest as keepsRestOf1 } from './flavour.ts'
import type { Flavour } from './flavour.ts'

/** Version of remote write. */
export type ProtocolVersion = '1.0' | '2.0'

/** What the sink has to know of the other side. */
export interface Receiver {
  readonly flavour: Flavour
  readonly version: ProtocolVersion
  /** Takes native histograms. One of 1.0 that does not know them drops them without a word, so this must not be guessed. */
  readonly nativeHistograms: boolean
  /**
   * Stores the good samples of a request that it refuses, and would refuse them when they come again and are no longer the newest of
   * their series.
   */
  readonly keepsRest: boolean
}

export interface Probe {
  /** GET below the receiver's base address; null when it answers with anything but a success. */
  get(path: string): Promise<{ readonly headers: Readonly<Record<string, unknown>>; readonly body: string } | null>
  /** Writes a message without points. */
  post(version: ProtocolVersion, message: Buffer): Promise<ReceiverAnswer>
}

export interface ReceiverSettings {
  readonly url: URL
  readonly flavour: Flavour | 'auto'
  readonly version: ProtocolVersion | 'auto'
  readonly nativeHistograms: 'auto' | 'on' | 'off'
}

/** A request without points, which every receiver takes: of 2.0 just the empty symbol. */
export const EMPTY_REQUEST: Readonly<Record<ProtocolVersion, Buffer>> = {
  '1.0': Buffer.alloc(0),
  '2.0': Buffer.from([0x22, 0]),
}

/** Finds out what is not configured; the answer holds until the receiver is asked again. */
export async function detectReceiver(settings: ReceiverSettings, probe: Probe): Promise<Receiver> {
  const flavour = settings.flavour === 'auto' ? await detectFlavour(settings.url, probe) : settings.flavour
  const version = settings.version === 'auto' ? await detectVersion(probe) : settings.version
  const nativeHistograms = await detectHistograms(settings, { flavour, version }, probe)
  return { flavour, version, nativeHistograms, keepsRest: await keepsRest(flavour, version, probe) }
}

/** 2.0 is taken by who says what of it was written; a receiver of 1.0 refuses it, or takes it for a request without series. */
async function detectVersion(probe: Probe): Promise<ProtocolVersion> {
  const answer = await probe.post('2.0', EMPTY_REQUEST['2.0'])
  if (isDown(answer)) {
    const older = await probe.post('1.0', EMPTY_REQUEST['1.0'])
    if (!isDown(older)) return '1.0'
    throw prometheusErrors.not_taking_writes({ status: answer.status, body: answer.body.slice(0, 200) })
  }
  return answer.status < 300 && answer.written !== undefined ? '2.0' : '1.0'
}

function isDown({ status }: ReceiverAnswer): boolean {
  return status === 429 || status >= 500
}

type Known = Pick<Receiver, 'flavour' | 'version'>

/** A receiver of 2.0 says how many histograms it wrote: there it is safe to try. */
async function detectHistograms(
  settings: ReceiverSettings,
  { flavour, version }: Known,
  probe: Probe,
): Promise<boolean> {
  if (settings.nativeHistograms !== 'auto') return settings.nativeHistograms === 'on'
  return version === '2.0' || (flavour === 'prometheus' && (await takesNativeHistograms(probe)))
}

/**
 * Prometheus rolls a refused request of 1.0 back. Of 2.0 it keeps the good samples, as all receivers do; but with an out-of-order window it
 * takes them again without a word.
 */
async function keepsRest(flavour: Flavour, version: ProtocolVersion, probe: Probe): Promise<boolean> {
  if (keepsRestOf1(flavour)) return true
  if (version === '1.0') return false
  return flavour !== 'prometheus' || !(await hasOutOfOrderWindow(probe))
}

async function hasOutOfOrderWindow(probe: Probe): Promise<boolean> {
  const config = await probe.get('/api/v1/status/config')
  const window = /^\s*out_of_order_time_window:\s*(\S+)/m.exec(dataOf(config?.body).yaml ?? '')?.[1]
  return window !== undefined && !/^0[a-z]*$/.test(window)
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
