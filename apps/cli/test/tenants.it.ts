import { beforeEach, describe, expect, it } from '@jest/globals'
import { encodeRecord } from '@pegel/contracts'
import { createTenantDirectory, TENANT_TOPIC, tenantKey } from '@pegel/pipeline'
import { hashKey } from '@pegel/tenancy'
import { createMetrics } from '@pegel/telemetry'
import { eventually } from '@pegel/testing'
import { createContext } from '../src/context.ts'
import { publishPlan } from '../src/tenants/apply.ts'
import { planApply } from '../src/tenants/plan.ts'
import { readPublished } from '../src/tenants/published.ts'
import { Cli, directoryOf } from './support.ts'

describe('pegel tenants', () => {
  let cli: Cli

  beforeEach(async () => {
    cli = new Cli()
    expect(await cli.run('topics', 'create')).toMatchObject({ code: 0 })
  })

  const context = () => createContext(cli.env, { print: () => undefined, note: () => undefined })

  it('publishes only what changed, and a running directory sees it at once', async () => {
    const dir = directoryOf({ 'a.yaml': 'tenant: a', 'b.yml': 'tenant: b', 'notes.txt': 'not a tenant' })
    await context().withKafka(async (kafka) => {
      const metrics = createMetrics({ service: 'test', defaults: false })
      const hosted = await createTenantDirectory({ kafka, log: context().log, metrics })
      await hosted.caughtUp
      expect((await cli.run('tenants', 'apply', dir)).out).toContain('2 to publish, 0 unchanged')
      await eventually(() => expect(hosted.directory.all()).toHaveLength(2))
      const changed = directoryOf({ 'a.yaml': 'tenant: a\nplacement: dedicated', 'b.yml': 'tenant: b' })
      expect((await cli.run('tenants', 'apply', changed)).out).toBe(
        `~ update a version 2 from ${changed}/a.yaml\n1 to publish, 1 unchanged\n`,
      )
      await eventually(() =>
        expect(hosted.directory.current('a')).toMatchObject({ config: { version: 2, placement: 'dedicated' } }),
      )
      const pruned = await cli.run('tenants', 'apply', directoryOf({ 'a.yaml': 'tenant: a' }), '--prune')
      expect(pruned.out).toContain('- delete b version 2')
      await eventually(() => expect(hosted.directory.current('b')).toEqual({ status: 'deleted' }))
      await hosted.close()
    })
    const list = await cli.run('tenants', 'list')
    expect(list.out).toMatch(/^a +3 +active/m)
    expect(list.out).toMatch(/^b +2 +deleted/m)
  })

  it('publishes nothing with --dry-run, and nothing when any file is wrong', async () => {
    expect((await cli.run('tenants', 'apply', directoryOf({ 'a.yaml': 'tenant: a' }), '--dry-run')).out).toContain(
      'create a',
    )
    const wrong = directoryOf({ 'a.yaml': 'tenant: a', 'b.yaml': 'tenant: B', 'c.yaml': 'tenant: c\nlimit: {}' })
    const run = await cli.run('tenants', 'apply', wrong)
    expect(run.code).toBe(1)
    expect(run.err).toContain(`${wrong}/b.yaml:1:1 tenant:`)
    expect(run.err).toContain('did you mean limits?')
    expect(run.err).toContain('error cli.invalid_files: 2 problems')
    expect((await cli.run('tenants', 'list')).out.split('\n')).toHaveLength(2)
  })

  it('tells both of two applies that ran at the same time, unless they say the same', async () => {
    await context().withKafka(async (kafka) => {
      const { versions } = await readPublished(kafka)
      const plan = (text: string) =>
        planApply({ files: [{ tenant: 'a', file: 'a.yaml', text }], published: versions, prune: false, nowMs: 0 })
      await publishPlan(kafka, plan('tenant: a\n# one'))
      await publishPlan(kafka, plan('tenant: a\n# one'))
      await expect(publishPlan(kafka, plan('tenant: a\n# two'))).rejects.toThrow('Another apply published a@1')
    })
  })

  it('forgets old versions when it publishes', async () => {
    await context().withKafka(async (kafka) => {
      const producer = kafka.producer()
      const value = encodeRecord('Tenant', {
        tenant: 'a',
        version: 1,
        deleted: false,
        yaml: 'tenant: a',
        appliedAtMs: 0,
      })
      await producer.send([{ topic: TENANT_TOPIC, key: tenantKey('a', 1), value }])
      await publishPlan(kafka, { changes: [], unchanged: [], extra: [], expired: [{ tenant: 'a', version: 1 }] })
      expect((await readPublished(kafka)).versions).toEqual([])
    })
  })

  it('warns of many dedicated tenants', async () => {
    const files = Object.fromEntries(
      [...Array(21).keys()].map((index) => [`t${index}.yaml`, `tenant: t${index}\nplacement: dedicated`]),
    )
    const run = await cli.run('tenants', 'validate', directoryOf(files))
    expect(run).toMatchObject({ code: 0, out: '21 tenant files are valid\n' })
    expect(run.err).toContain('warning: 21 tenants with placement: dedicated')
  })

  it('says what is wrong with a directory', async () => {
    expect((await cli.run('tenants', 'validate', '/does/not/exist')).err).toContain('cli.unreadable_dir')
    expect((await cli.run('tenants', 'validate', directoryOf({}))).err).toContain('cli.no_files')
  })

  it('says what to do when there are no topics yet', async () => {
    const run = await new Cli().run('tenants', 'list')
    expect(run.code).toBe(1)
    expect(run.err).toContain('error kafka.topic_missing')
    expect(run.err).toContain('run: pegel topics create')
  })

  it('makes keys whose hash is what it prints', async () => {
    const { out } = await cli.run('tenants', 'key', '--tenant', 'shop', '--id', 'agent-1')
    const [, key = ''] = /(pgl_\S+)/.exec(out) ?? []
    expect(out).toContain(`  - id: agent-1\n    sha256: ${hashKey(key)}\n`)
    expect((await cli.run('tenants', 'key')).err).toContain('cli.bad_option')
    expect((await cli.run('tenants', 'key', '--tenant', 'Shop')).err).toContain('no tenant id')
    expect((await cli.run('tenants', 'key', '--tenant', 'pegel')).out).toContain('pgl_')
    expect((await cli.run('tenants', 'key', '--direct')).out).toContain('public_key: ')
    expect((await cli.run('direct-key', '--id', 'batch')).out).toMatch(/- id: batch\n +public_key: \S{44}\n/)
  })
})
