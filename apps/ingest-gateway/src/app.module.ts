import { Module } from '@nestjs/common'
import { hostedBy } from '@pegel/service'
import { createGateway } from './gateway.ts'

@Module({ providers: [hostedBy(createGateway)] })
export class AppModule {}
