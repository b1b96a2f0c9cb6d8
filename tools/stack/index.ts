export { ComponentUnavailable, StartFailed } from './errors.ts'
export { variables } from './environment.ts'
export { freePort } from './process/ports.ts'
export { clientProgram } from './install/clients.ts'
export { prepareTestPrograms } from './install/prepare.ts'
export { startComponent } from './start-component.ts'
export { startStack } from './start-stack.ts'
export type { RunningStack, StackOptions } from './start-stack.ts'
export { clientNames, componentNames } from './types.ts'
export type {
  ClientName,
  ComponentConfig,
  ComponentName,
  KafkaBroker,
  KafkaComponent,
  KafkaListener,
  RunningComponent,
  StartOptions,
} from './types.ts'
