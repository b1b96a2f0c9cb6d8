import { describe, expect, it } from '@jest/globals'
import { batchOf, gauge } from '@pegel/testing'
import { describeRequest } from '../test/read-request.ts'
import { TargetInfo } from './target-info.ts'
import { NO_RECORD, WriteRequest } from './write-request.ts'

const T = 1_800_000_000_000
const recordOf = (tenant: string, timeMs: number, resource: Record<string, string>) =>
  batchOf(tenant, [gauge('a', [[timeMs, 1]], { resource }), gauge('b', [[timeMs, 1]], { resource })]).record

function infosOf(info: TargetInfo, ...records: ReturnType<typeof recordOf>[]): string {
  const request = new WriteRequest()
  for (const record of records) info.add(request, record)
  for (let unit = 0; unit < request.units; unit += 1) expect(request.recordOf(unit)).toBe(NO_RECORD)
  return describeRequest(request.encode())
}

const web = { 'service.name': 'web', 'host.name': 'box' }

describe('TargetInfo', () => {
  it('tells of a resource once a minute, by the time of its points', () => {
    const info = new TargetInfo(10)
    expect(infosOf(info, recordOf('acme', T, web))).toBe(
      `target_info{host_name="box",job="web",tenant="acme"} 1 ${T}\n`,
    )
    expect(infosOf(info, recordOf('acme', T + 59_999, web), recordOf('acme', T - 5_000, web))).toBe('')
    expect(infosOf(info, recordOf('acme', T + 60_000, web))).toContain(` 1 ${T + 60_000}`)
  })

  it('keeps tenants apart and is silent where there is nothing to tell', () => {
    const info = new TargetInfo(10)
    infosOf(info, recordOf('acme', T, web))
    expect(infosOf(info, recordOf('beta', T, web))).toContain('tenant="beta"')
    expect(infosOf(info, recordOf('acme', T, { 'service.name': 'quiet' }))).toBe('')
  })

  it('begins anew rather than remember resources without end', () => {
    const info = new TargetInfo(2)
    for (const host of ['1', '2', '3']) infosOf(info, recordOf('acme', T, { ...web, 'host.name': host }))
    expect(infosOf(info, recordOf('acme', T, { ...web, 'host.name': '1' }))).not.toBe('')
  })
})
