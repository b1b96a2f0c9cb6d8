import '../../tools/resolve-libraries.ts'

const { measureKafkaFaults } = await import('./measure.ts')
await measureKafkaFaults()
