import { runService } from '@pegel/service'
import { component } from './component.ts'

await runService(component)
