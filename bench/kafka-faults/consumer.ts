/** A member of a group, to be frozen and killed: hands what it reads to its parent, then commits. */
import '../../tools/resolve-libraries.ts'
import type { DriverName } from './drivers.ts'

const [, , driver, brokers = '', group = '', topic = ''] = process.argv
const { read } = await import('./drivers.ts')
const reading = await read(driver as DriverName, {
  ...{ brokers: brokers.split(','), group, topic },
  onValues: (values) => process.send?.(values),
})
process.once('SIGTERM', () => {
  void reading.close().finally(() => process.exit(0))
})
process.once('disconnect', () => process.exit(0))
