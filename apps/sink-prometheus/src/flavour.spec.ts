import { describe, expect, it } from '@jest/globals'
import { flavourOf, keepsRest, writeUrl } from './flavour.ts'
import { detectReceiver } from './receiver.ts'
import type { Probe } from './receiver.ts'

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
): Probe => ({
  get: (path) => {
    const answer = given[path]
    const { headers = {}, data } = answer ?? {}
    return Promise.resolve(answer === undefined ? null : { headers, body: JSON.stringify({ status: 'success', data }) })
  },
})
const settings = { url: new URL('http://p/api/v1/write'), flavour: 'auto', nativeHistograms: 'auto' } as const

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
    expect(await detectReceiver(settings, probe)).toEqual({ flavour: 'prometheus', nativeHistograms })
  })

  it('takes what does not say what it is for a Prometheus without native histograms', async () => {
    expect(await detectReceiver(settings, answers({}))).toEqual({ flavour: 'prometheus', nativeHistograms: false })
    const nonsense: Probe = { get: () => Promise.resolve({ headers: {}, body: '<html>' }) }
    expect(await detectReceiver(settings, nonsense)).toEqual({ flavour: 'prometheus', nativeHistograms: false })
  })

  it('knows VictoriaMetrics by its header', async () => {
    const probe = answers({ '/health': { headers: { 'x-server-hostname': 'box' } } })
    expect(await detectReceiver(settings, probe)).toEqual({ flavour: 'victoriametrics', nativeHistograms: false })
  })

  it('asks nothing where the path or the configuration says it', async () => {
    const silent: Probe = { get: () => Promise.reject(new Error('nobody should ask')) }
    const mimir = { ...settings, url: new URL('http://m/api/v1/push') }
    expect(await detectReceiver(mimir, silent)).toEqual({ flavour: 'mimir', nativeHistograms: false })
    const on = { ...settings, flavour: 'cortex', nativeHistograms: 'on' } as const
    expect(await detectReceiver(on, silent)).toEqual({ flavour: 'cortex', nativeHistograms: true })
    const off = { ...settings, flavour: 'prometheus', nativeHistograms: 'off' } as const
    expect(await detectReceiver(off, silent)).toEqual({ flavour: 'prometheus', nativeHistograms: false })
  })
})
