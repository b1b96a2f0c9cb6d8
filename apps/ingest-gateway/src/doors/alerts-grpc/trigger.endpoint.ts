import type { AlertDoor } from '../../alerts/index.ts'
import { ALERT_MEANINGS } from '../alerts/answers.ts'
import { checked } from '../alerts/read-json.ts'
import { takeTriggers } from '../alerts/take-triggers.ts'
import type { GrpcAnswer, GrpcEndpoint, GrpcMessage } from '../grpc/grpc-calls.ts'
import { triggersSchema } from '../../alerts/index.ts'
import { readTriggerRequest, triggerResponse } from './messages.ts'

/** pegel.alerts.v1.Alerts/Trigger: triggerAlert(name, { severity, tenantId, … }) over gRPC. */
export class TriggerEndpoint implements GrpcEndpoint {
  readonly door = 'alerts_grpc'
  readonly meanings = ALERT_MEANINGS
  readonly #intake: AlertDoor

  constructor(intake: AlertDoor) {
    this.#intake = intake
  }

  async take({ tenant, body, receivedAtMs }: GrpcMessage): Promise<GrpcAnswer> {
    const triggers = checked(readTriggerRequest(body), triggersSchema)
    const taken = await takeTriggers({ intake: this.#intake, tenant, triggers, nowMs: receivedAtMs })
    return { body: triggerResponse(taken), code: 'ok' }
  }
}
