import type { KafkaRecord } from '@pegel/kafka'
import type { TenantDirectory } from '@pegel/tenancy'
import { judgeOf, ownEnvelope, refuse, signatureProblem } from './judge.ts'
import type { JudgeOptions, Verdict } from './judge.ts'

export interface NewestJudgeOptions extends Pick<JudgeOptions, 'schemas' | 'compile'> {
  readonly tenants: Pick<TenantDirectory, 'asOf' | 'current'>
}

/**
 * For records that go through the enricher once more: by the newest version of the tenant's file, whichever was in force when they came. A
 * direct producer's signature must be of a key of that version, or of one that held then.
 */
export function createNewestJudge({ tenants, schemas, compile }: NewestJudgeOptions): (record: KafkaRecord) => Verdict {
  function judge(record: KafkaRecord, value: Buffer, isSigned: boolean): Verdict {
    const key = record.key ?? Buffer.alloc(0)
    const tenant = key.toString('utf8')
    const found = tenants.current(tenant)
    if (found.status === 'behind') return { kind: 'wait', reason: 'tenant_behind' }
    if (found.status === 'unknown') return refuse('unknown_tenant', `There is no tenant ${tenant}.`)
    if (found.status === 'deleted') return { kind: 'deleted', envelope: ownEnvelope(tenant, value, schemas) }
    const rules = compile(found.config)
    const then = tenants.asOf(tenant, record.timestampMs)
    const signers = then.status === 'active' ? [rules, compile(then.config)] : [rules]
    const problem = isSigned ? signatureProblem(record, { key, value, signers }) : undefined
    return problem ?? { kind: 'enrich', envelope: ownEnvelope(tenant, value, schemas), value, rules }
  }
  return judgeOf({
    judgeIngest: (record, value) => judge(record, value, false),
    judgeDirect: (record, value) => judge(record, value, true),
  })
}
