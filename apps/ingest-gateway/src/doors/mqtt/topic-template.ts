import { z } from 'zod'

const TENANT = '{tenant}'

/** A topic with one level `{tenant}`, for example `pegel/{tenant}/metrics`. */
export function topicTemplate() {
  return z.string().transform((text, context) => {
    const levels = text.split('/')
    const named = levels.filter((level) => level === TENANT).length
    const others = levels.filter((level) => level !== TENANT).join('/')
    if (named === 1 && !/[+#$\0{}]/.test(others) && text.length <= 256) return text
    context.issues.push({
      code: 'custom',
      message: 'must be a topic with one level {tenant} and no wildcards',
      input: text,
    })
    return z.NEVER
  })
}

/** What to subscribe to: all tenants' topics. With a group each message goes to one member of it (MQTT 5, 4.8.2). */
export function filterOf(template: string, group: string): string {
  const filter = template.replace(TENANT, '+')
  return group === '' ? filter : `$share/${group}/${filter}`
}

/** The level of a topic that names the tenant. */
export function tenantIn(template: string, topic: string): string {
  return topic.split('/')[template.split('/').indexOf(TENANT)] ?? ''
}
