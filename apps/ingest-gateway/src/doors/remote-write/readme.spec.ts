import { readFileSync } from 'node:fs'
import { expect, it } from '@jest/globals'
import { remoteWriteErrors } from '../../remote-write/index.ts'

const readme = readFileSync('apps/ingest-gateway/src/doors/remote-write/README.md', 'utf8')

it.each(Object.values(remoteWriteErrors).map(({ code }) => code))('README.md explains %s', (code) => {
  expect(readme).toContain(`\`${code}\``)
})
