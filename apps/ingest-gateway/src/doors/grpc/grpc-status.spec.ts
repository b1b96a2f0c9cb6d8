import { status } from '@grpc/grpc-js'
import { describe, expect, it } from '@jest/globals'
import { gatewayErrors } from '../../errors.ts'
import { RPC } from '../meanings.ts'
import { pegelGrpcErrors, PEGEL_GRPC_MEANINGS } from '../pegel-grpc/errors.ts'
import { grpcErrors } from './errors.ts'
import { grpcRefusal } from './grpc-status.ts'

describe('grpcRefusal', () => {
  it.each([...Object.values(gatewayErrors), ...Object.values(grpcErrors), ...Object.values(pegelGrpcErrors)])(
    'gives every error a status of gRPC, its code, and whether to come back',
    (make) => {
      const refusal = grpcRefusal(make({ retryAfterS: 3 }), PEGEL_GRPC_MEANINGS)
      expect(refusal.reason).toBe(make.code)
      expect(refusal.details).toContain(`(${make.code})`)
      expect(status[refusal.code]).toBeDefined()
      expect(refusal.code).not.toBe(status.OK)
      expect(refusal.ours).toBe(make.code === gatewayErrors.internal.code)
      const { retryable } = make()
      const retried: readonly number[] = [RPC.resourceExhausted, RPC.unavailable]
      if (retryable) expect(retried).toContain(refusal.code)
    },
  )

  it('shows nothing of what it does not know', () => {
    const refusal = grpcRefusal(new Error('secret detail'))
    expect(refusal).toMatchObject({ code: status.INTERNAL, reason: 'gateway.internal', ours: true, failure: true })
    expect(JSON.stringify([refusal.details, refusal.metadata.toJSON()])).not.toContain('secret')
  })
})
