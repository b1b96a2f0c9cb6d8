import { beforeAll, describe, expect, it } from '@jest/globals'
import { spawnSync } from 'node:child_process'

const boundary = '@nx/enforce-module-boundaries'

/** What must be refused: file, text, the rule that refuses it. */
const forbidden: readonly [string, string, string, string][] = [
  [
    'contracts depends on another library',
    'libs/contracts/src/tenant-id.ts',
    "export { PegelError } from '@pegel/errors'\n",
    boundary,
  ],
  [
    'a base library depends on the platform',
    'libs/errors/src/index.ts',
    "export { createKafka } from '@pegel/kafka'\n",
    boundary,
  ],
  [
    'a domain library depends on the platform',
    'libs/alerting/src/index.ts',
    "export { createKafka } from '@pegel/kafka'\n",
    boundary,
  ],
  [
    'an app imports another app',
    'apps/sink-influxdb/src/main.ts',
    "export { component } from '../../enricher/src/main.ts'\n",
    boundary,
  ],
  [
    'kafkajs outside libs/kafka',
    'libs/pipeline/src/index.ts',
    "export { Kafka } from 'kafkajs'\n",
    'no-restricted-imports',
  ],
  [
    'Nest in a library',
    'libs/kafka/src/index.ts',
    "export { Module } from '@nestjs/common'\n",
    'no-restricted-imports',
  ],
  [
    'test helpers outside tests',
    'apps/enricher/src/main.ts',
    "export { eventually } from '@pegel/testing'\n",
    'no-restricted-imports',
  ],
  [
    'the environment outside libs/config',
    'libs/errors/src/index.ts',
    'export const home = process.env.HOME\n',
    'no-restricted-properties',
  ],
]
const allowed: readonly [string, string] = [
  'libs/tenancy/src/index.ts',
  "export { isTenantId } from '@pegel/contracts'\n",
]

describe('module boundaries', () => {
  let findings: readonly (readonly string[])[] = []

  beforeAll(() => {
    // The rule reads Nx' project graph from its cache.
    expect(spawnSync('nx', ['show', 'projects'], { encoding: 'utf8' }).stdout).toContain('ingest-gateway')
    const cases = [...forbidden.map(([, file, text]) => [file, text]), allowed]
    // With CI=true typescript-eslint takes a run for a single one and lints what is on disk instead of these texts.
    const env = { ...process.env, TSESTREE_SINGLE_RUN: 'false' }
    const result = spawnSync('node', ['tools/test/lint-text.ts', JSON.stringify(cases)], { encoding: 'utf8', env })
    expect(result.stderr).toBe('')
    findings = JSON.parse(result.stdout) as string[][]
  }, 60_000)

  it.each(forbidden.map(([what, , , rule], index) => ({ what, rule, index })))('refuse: $what', ({ rule, index }) => {
    expect(findings[index]).toContain(rule)
  })

  it('let what is allowed pass', () => {
    expect(findings.at(-1)).toEqual([])
  })
})
