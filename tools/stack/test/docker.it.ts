import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { composeProject, dockerEngine, startCompose } from '../docker.ts'
import { whichIn } from '../install/which.ts'
import { temporaryDirectory } from './directory.ts'

const directory = temporaryDirectory()
const composeFile = join(directory, 'docker-compose.yml')
const calls = () => readFileSync(join(directory, 'calls'), 'utf8').trimEnd().split('\n')
const before = { ...process.env }

function service() {
  return { docker: join(directory, 'docker'), name: 'prometheus' as const, dataDir: directory, composeFile }
}

beforeAll(() => {
  copyFileSync(join(import.meta.dirname, 'fixtures', 'docker.mjs'), join(directory, 'docker'))
  writeFileSync(join(directory, 'package.json'), '{ "type": "module" }')
  writeFileSync(composeFile, 'services: {}\n')
  process.env.FAKE_DOCKER_DIR = directory
  process.env.PATH = [dirname(process.execPath), process.env.PATH ?? ''].join(':')
})
afterAll(() => {
  process.env = before
})

describe('Docker (a fake client)', () => {
  it('is used when its engine answers', async () => {
    expect(await dockerEngine(whichIn({ PATH: directory }))).toBe(join(directory, 'docker'))
    expect(await dockerEngine(whichIn({ PATH: '/nowhere' }))).toBeUndefined()
  })

  it('starts one service on the chosen port, and removes it', async () => {
    const running = await startCompose(service(), { dataDir: directory, onProgress: () => undefined })
    expect(running).toMatchObject({ from: 'docker', pids: [], env: { PEGEL_PROMETHEUS_URL: running?.url } })
    expect((await fetch(running?.url ?? '')).status).toBe(200)
    await running?.stop()
    await expect(fetch(running?.url ?? '')).rejects.toThrow()
    const compose = `compose -p ${composeProject(directory)} -f ${composeFile}`
    expect(calls().slice(-2)).toEqual([
      `${compose} up --detach --no-deps prometheus`,
      `${compose} rm --stop --force prometheus`,
    ])
  })

  it('gives way to a local process when it cannot start the service, and says why', async () => {
    process.env.FAKE_DOCKER_BROKEN = '1'
    const lines: string[] = []
    const running = await startCompose(service(), { dataDir: directory, onProgress: (line) => lines.push(line) })
    expect(running).toBeUndefined()
    expect(lines).toEqual([expect.stringMatching(/^Prometheus: Docker could not start it .*pull access denied/)])
  })

  it('asks for all three brokers of Kafka', async () => {
    process.env.FAKE_DOCKER_BROKEN = '1'
    await startCompose({ ...service(), name: 'kafka' }, { dataDir: directory, onProgress: () => undefined })
    expect(calls()).toContain(
      `compose -p ${composeProject(directory)} -f ${composeFile} up --detach --no-deps kafka kafka-2 kafka-3`,
    )
  })
})
