import { Module } from '@nestjs/common'
import { hostedBy } from '@pegel/service'
import { createAgent } from './agent.ts'

@Module({ providers: [hostedBy(createAgent)] })
export class AgentModule {}
