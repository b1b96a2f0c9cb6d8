import { generateKey } from '@pegel/tenancy'

/** Keys of the tenants that every test gateway knows. */
export const KEYS = { acme: generateKey(), globex: generateKey(), both: generateKey(), pegel: generateKey() } as const
