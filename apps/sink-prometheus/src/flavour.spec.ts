import { describe, expect, it } from '@jest/globals'
import { flavourOf, keepsRest, writeUrl } from './flavour.ts'
import type { ReceiverAnswer } from './classify.ts'
import { detectReceiver } from './receiver.ts'
import type { Probe, ProtocolVersion } from './receiver.ts'

describe('writeUrl', () => {
  it.each([
    ['http://p:9090', 'prometheus', 'http://p:9090/api/v1/write'],
    ['http://p:9090/', 'victoriametrics', 'http://p:9090/api/v1/write'],
    ['http://p/sub/path/', 'prometheus', 'http://p/sub/path/api/v1/write'],
    ['http://m:8080', 'mimir', 'http://m:8080/api/v1/push'],
    ['http://c', 'cortex', 'http://c/api/v1/push'],
    ['http://m/api/v1/push', 'prometheus', 'http://m/api/v1/push'],
    ['http://c/api/prom/push', 'mimir', 'http://c/api/prom/push'],
    ['http://p/x/api/v1/write?a=b', 'mimir', 'http://p/x/api/v1/write?a=b'],
  ] as const)('%s for %s is %s', (base, flavour, expected) => {
    expect(writeUrl(base, flavour).href).toBe(expected)
  })
})

describe('flavours', () => {
  it('are told by the path where it tells', () => {
    const told = ['http://x/api/v1/push', 'http://x/api/prom/push', 'http://x/api/v1/write', 'http://x/insert']
    expect(told.map((url) => flavourOf(new URL(url)))).toEqual(['mimir', 'cortex', 'prometheus', undefined])
  })

  it('differ in what becomes of the rest', () => {
    const all = ['prometheus', 'mimir', 'cortex', 'victoriametrics'] as const
    expect(all.map(keepsRest)).toEqual([false, true, true, false])
  })
})

const answers = (
  given: Readonly<Record<string, { headers?: Record<string, string>; data?: Record<string, string> }>>,
  posted: (version: ProtocolVersion) => ReceiverAnswer = () => ({ status: 204, body: '', retryAfter: undefined }),
): Probe => ({
  post: (version) => Promise.resolve(posted(version)),
  get: (path) => {
    const answer = given[path]
    const { headers = {}, data } = answer ?? {}
    return Promise.resolve(answer === undefined ? null : { headers, body: JSON.stringify({ status: 'success', data }) })
  },
})
const settings = {
  url: new URL('http://p/api/v1/write'),
  flavour: 'auto',
  version: 'auto',
  nativeHistograms: 'auto',
} as const
const OLD = { version: '1.0', keepsRest: false } as const

describe('detectReceiver', () => {
  it.each([
    ['2.42 as it comes', { 'enable-feature': '' }, '2.42.0', false],
    ['2.42 with the feature', { 'enable-feature': 'exemplar-storage,native-histograms' }, '2.42.0', true],
    ['3.7', { 'enable-feature': '' }, '3.7.3', false],
    ['3.8', { 'enable-feature': '' }, '3.8.0', true],
    ['4', {}, '4.0.0-rc.1', true],
  ])('Prometheus %s', async (_what, flags, version, nativeHistograms) => {
    const probe = answers({
      '/api/v1/status/flags': { data: flags },
      '/api/v1/status/buildinfo': { data: { version } },
    })
    expect(await detectReceiver(settings, probe)).toEqual({ flavour: 'prometheus', nativeHistograms, ...OLD })
  })

  it('takes what does not say what it is for a Prometheus without native histograms', async () => {
    expect(await detectReceiver(settings, answers({}))).toEqual({
      flavour: 'prometheus',
      nativeHistograms: false,
      ...OLD,
    })
    const nonsense: Probe = { ...answers({}), get: () => Promise.resolve({ headers: {}, body: '<html>' }) }
    expect(await detectReceiver(settings, nonsense)).toEqual({ flavour: 'prometheus', nativeHistograms: false, ...OLD })
  })

  it('knows VictoriaMetrics by its header', async () => {
    const probe = answers({ '/health': { headers: { 'x-server-hostname': 'box' } } })
    expect(await detectReceiver(settings, probe)).toEqual({
      flavour: 'victoriametrics',
      nativeHistograms: false,
      ...OLD,
    })
  })

  it('asks nothing where the path or the configuration says it', async () => {
    const nobody = () => Promise.reject(new Error('nobody should ask'))
    const silent: Probe = { get: nobody, post: nobody }
    const pinned = { ...settings, version: '1.0' } as const
    const keepsRest = { ...OLD, keepsRest: true }
    const mimir = { ...pinned, url: new URL('http://m/api/v1/push') }
    expect(await detectReceiver(mimir, silent)).toEqual({ flavour: 'mimir', nativeHistograms: false, ...keepsRest })
    const on = { ...pinned, flavour: 'cortex', nativeHistograms: 'on' } as const
    expect(await detectReceiver(on, silent)).toEqual({ flavour: 'cortex', nativeHistograms: true, ...keepsRest })
    const off = { ...pinned, flavour: 'prometheus', nativeHistograms: 'off' } as const
    expect(await detectReceiver(off, silent)).toEqual({ flavour: 'prometheus', nativeHistograms: false, ...OLD })
  })

  const WRITTEN = { samples: 0, histograms: 0 }
  const says = (status: number, written?: ReceiverAnswer['written']) => (): ReceiverAnswer => ({
    status,
    body: '',
    retryAfter: undefined,
    ...(written === undefined ? {} : { written }),
  })
  it.each([
    ['says what it wrote', says(204, WRITTEN), '2.0'],
    ['takes it and says nothing of what it wrote, as one of 1.0 that ignores the type', says(204), '1.0'],
    ['does not know the type', says(415), '1.0'],
    ['finds it a bad request', says(400), '1.0'],
    ['fails on it and takes 1.0', (version: ProtocolVersion) => says(version === '1.0' ? 204 : 500)(), '1.0'],
  ])('of a receiver that %s', async (_what, posted, version) => {
    expect((await detectReceiver(settings, answers({}, posted))).version).toBe(version)
  })

  it('says nothing of a receiver that fails on everything', async () => {
    await expect(detectReceiver(settings, answers({}, says(503)))).rejects.toThrow('status 503')
  })

  it('expects histograms to be taken where their count is told', async () => {
    const receiver = await detectReceiver(settings, answers({}, says(204, WRITTEN)))
    expect(receiver).toMatchObject({ version: '2.0', nativeHistograms: true })
  })

  it.each([
    ['30m', false],
    ['2h', false],
    ['0s', true],
    [undefined, true],
  ])('of a Prometheus of 2.0 with an out-of-order window of %s', async (window, keeps) => {
    const yaml = window === undefined ? 'global:\n' : `storage:\n  tsdb:\n    out_of_order_time_window: ${window}\n`
    const probe = answers({ '/api/v1/status/config': { data: { yaml } } }, says(204, WRITTEN))
    expect((await detectReceiver(settings, probe)).keepsRest).toBe(keeps)
  })
})
