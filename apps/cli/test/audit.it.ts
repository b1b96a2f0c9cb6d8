import { beforeEach, describe, expect, it } from '@jest/globals'
import { AUDIT_TOPIC } from '@pegel/pipeline'
import { createContext } from '../src/context.ts'
import { Cli, directoryOf } from './support.ts'

describe('pegel audit', () => {
  let cli: Cli

  beforeEach(async () => {
    cli = new Cli({ PEGEL_ACTOR: 'ada' })
    await cli.run('topics', 'create')
  })

  interface Line {
    readonly action: string
    readonly tenant: string
    readonly target: string
    readonly outcome: string
    readonly actor: string
    readonly parameters: Readonly<Record<string, string>>
  }
  async function list(...args: string[]): Promise<Line[]> {
    const { out } = await cli.run('audit', 'list', '--json', ...args)
    return out.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Line]))
  }
  const credential = (id: string, digit: string): string => `  - id: ${id}\n    sha256: ${digit.repeat(64)}\n`

  it('knows who made which key, and whose file named or dropped it', async () => {
    await cli.run('tenants', 'key', '--tenant', 'acme', '--id', 'agent-1')
    await cli.run('direct-key', '--id', 'batch')
    const apply = (text: string) => cli.run('tenants', 'apply', directoryOf({ 'acme.yaml': `tenant: acme\n${text}` }))
    await apply(`credentials:\n${credential('agent-1', 'a')}${credential('old', 'b')}`)
    await apply(`credentials:\n${credential('agent-1', 'c')}`)
    await cli.run('tenants', 'apply', directoryOf({ 'b.yaml': 'tenant: b' }), '--prune')
    await cli.run('tenants', 'apply', directoryOf({ 'b.yaml': 'tenant: b' }), '--dry-run')

    const done = (await list()).filter(({ outcome }) => outcome === 'succeeded')
    expect(done.map(({ action, target }) => `${action} ${target}`)).toEqual([
      'keys.create agent-1',
      'direct_keys.create batch',
      'tenants.create acme@1',
      'tenants.update acme@2',
      'tenants.create b@1',
      'tenants.delete acme@3',
    ])
    expect(done.every(({ actor }) => actor === 'ada')).toBe(true)
    expect(done[2]?.parameters).toMatchObject({ keys_added: 'agent-1:aaaaaaaa,old:bbbbbbbb' })
    expect(done[3]?.parameters).toMatchObject({
      keys_added: 'agent-1:cccccccc',
      keys_removed: 'agent-1:aaaaaaaa,old:bbbbbbbb',
    })
    expect(done[5]?.parameters).toEqual({ keys_removed: 'agent-1:cccccccc' })

    expect(await list('--tenant', 'b')).toHaveLength(2)
    expect(await list('--action', 'tenants')).toHaveLength(8)
    expect(await list('--action', 'tenants.delete')).toHaveLength(2)
    expect(await list('--since', '2999-01-01T00:00:00Z')).toEqual([])
    expect((await cli.run('audit', 'list')).out).toMatch(/ada@\S+ +tenants\.delete +acme +acme@3 +succeeded/)
    expect(await cli.run('audit', 'verify')).toMatchObject({
      code: 0,
      out: '12 events in 5 chains: unbroken\n',
    })
  })

  it('says that a key which is made without Kafka is not in it', async () => {
    const key = await new Cli({ PEGEL_KAFKA_BROKERS: '' }).run('tenants', 'key', '--tenant', 'acme')
    expect(key).toMatchObject({ code: 0 })
    expect(key.err).toContain('not in the audit topic')
  })

  it('exits 1 when an event was forged, and says where', async () => {
    await cli.run('tenants', 'apply', directoryOf({ 'acme.yaml': 'tenant: acme' }))
    const context = createContext(cli.env, { print: () => undefined, note: () => undefined })
    await context.withKafka(async (kafka) => {
      const values: Buffer[] = []
      const reader = await kafka.readAll(AUDIT_TOPIC, ({ value }) => values.push(value ?? Buffer.alloc(0)))
      await reader.caughtUp
      await reader.close()
      const forged = Buffer.from(values[1] ?? Buffer.alloc(0))
      forged.write('eve', forged.indexOf('ada'))
      const producer = kafka.producer()
      await producer.send([{ topic: AUDIT_TOPIC, key: 'acme', value: forged }])
    })
    const verify = await cli.run('audit', 'verify')
    expect(verify.code).toBe(1)
    expect(verify.out).toMatch(/^@2 +altered +pegel-\S+ +event 1 is not what was hashed$/m)
    expect(verify.err).toContain('error cli.audit_broken')
    const { problems } = JSON.parse((await cli.run('audit', 'verify', '--json')).out) as { problems: unknown[] }
    expect(problems).toContainEqual(expect.objectContaining({ kind: 'altered', offset: 2 }))
  })

  it('says what to do when there are no topics yet, and makes no key', async () => {
    const key = await new Cli().run('tenants', 'key', '--tenant', 'acme')
    expect(key).toMatchObject({ code: 1, out: '' })
    expect(key.err).toContain('run: pegel topics create')
  })
})
