import { isIP } from 'node:net'
import { isTenantId } from '@pegel/contracts'
import { z } from 'zod'

/** A UDP port and the tenant whose metrics come to it. */
export interface StatsdListener {
  readonly tenant: string
  readonly host: string
  /** 0 takes any free one. */
  readonly port: number
}

/** `acme=127.0.0.1:8125,globex=[::1]:8126`; an empty text is none. Each tenant once. */
export function statsdListeners() {
  return z.union([z.string(), z.array(z.custom<StatsdListener>())]).transform((text, context) => {
    if (typeof text !== 'string') return text
    const parts = text.split(',').filter((part) => part.trim() !== '')
    const listeners = parts.map((part) => parseListener(part.trim()))
    const tenants = new Set(listeners.map((listener) => listener?.tenant))
    const found = listeners.filter((listener) => listener !== undefined)
    if (found.length === parts.length && tenants.size === parts.length) return found
    const message = 'must be tenant=address:port, each tenant once, separated by commas'
    context.issues.push({ code: 'custom', message, input: text })
    return z.NEVER
  })
}

function parseListener(text: string): StatsdListener | undefined {
  const [, tenant = '', bracketed, plain, digits = ''] = /^(\w+)=(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text) ?? []
  const host = bracketed ?? plain ?? ''
  const port = Number(digits)
  return isTenantId(tenant) && isIP(host) !== 0 && port <= 65_535 ? { tenant, host, port } : undefined
}
