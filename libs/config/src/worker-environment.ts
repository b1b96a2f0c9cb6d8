import type { Environment } from './environment.ts'

const NUMBER = 'PEGEL_WORKER_NUMBER'

/** What a worker process finds in its environment besides what the service that started it has. */
export function workerEnvironment(number: number, adminPort: number): Record<string, string> {
  return { [NUMBER]: String(number), PEGEL_ADMIN_PORT: String(adminPort) }
}

/** Which of the service's processes this one is, from 1; a service that is one process is its first. */
export function workerNumber(env: Environment): number {
  return Number(env[NUMBER] ?? 1)
}
