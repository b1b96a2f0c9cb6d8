export type { ComponentContext, ComponentManifest, Hosted } from './component.ts'
