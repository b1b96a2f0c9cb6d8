import type { FactoryProvider } from '@nestjs/common'
import type { ComponentContext, Hosted } from './component.ts'

/** Injection tokens of everything in a ComponentContext. Inject with an explicit `@Inject(TOKEN)`. */
export const CONTEXT = Symbol('pegel.context')
export const CONFIG = Symbol('pegel.config')
export const LOG = Symbol('pegel.log')
export const METRICS = Symbol('pegel.metrics')
export const KAFKA = Symbol('pegel.kafka')
export const TENANTS = Symbol('pegel.tenants')
export const SCHEMAS = Symbol('pegel.schemas')
export const INSTANCE = Symbol('pegel.instance')
/** What a component's module must provide: its Hosted. */
export const HOSTED = Symbol('pegel.hosted')

/**
 * The one provider that most components need.
 * @example @Module({ providers: [hostedBy(createEnricherHost)] }) export class AppModule {}
 */
export function hostedBy<C>(create: (context: ComponentContext<C>) => Hosted | Promise<Hosted>): FactoryProvider {
  return { provide: HOSTED, inject: [CONTEXT], useFactory: create }
}
