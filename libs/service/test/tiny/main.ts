import { runService } from '../../src/index.ts'
import { component } from './component.ts'

await runService(component)
