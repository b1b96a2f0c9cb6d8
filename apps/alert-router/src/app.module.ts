import { Module } from '@nestjs/common'
import { hostedBy } from '@pegel/service'
import { createHosted } from './create-hosted.ts'

@Module({ providers: [hostedBy(createHosted)] })
export class AlertRouterModule {}
