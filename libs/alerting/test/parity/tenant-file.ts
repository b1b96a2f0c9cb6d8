import type { ParityCase } from './cases.ts'

type Node = Readonly<Record<string, unknown>>

/** Everything both sides are told, once: a route for each case, chosen by its label. */
export interface SharedConfig {
  readonly route: Node
  readonly receivers: readonly { readonly name: string; readonly sendResolved: boolean }[]
  readonly inhibit_rules: readonly Node[]
  readonly time_intervals: readonly Node[]
}

/** Of the alerts, which case they are of. */
export const CASE_LABEL = 'parity'

export function sharedConfig(cases: readonly ParityCase[]): SharedConfig {
  const receivers = new Map<string, boolean>([['default', true]])
  const named = (each: ParityCase, index: number, route: Node): Node => {
    const { receiver = 'default', routes = [] } = route as { receiver?: string; routes?: readonly Node[] }
    const name = `c${index}_${receiver}`
    receivers.set(name, !(each.withoutResolved ?? []).includes(receiver))
    return {
      ...route,
      receiver: name,
      ...(routes.length === 0 ? {} : { routes: routes.map((child) => named(each, index, child)) }),
    }
  }
  const routes = cases.map((each, index) => ({
    ...named(each, index, each.route),
    matchers: [`${CASE_LABEL}="${index}"`],
  }))
  return {
    route: { receiver: 'default', routes },
    receivers: [...receivers].map(([name, sendResolved]) => ({ name, sendResolved })),
    // Cases run at the same time: none inhibits another's alerts.
    inhibit_rules: cases.flatMap(({ inhibit = [] }) =>
      inhibit.map((rule) => ({
        ...rule,
        equal: [...((rule.equal as readonly string[] | undefined) ?? []), CASE_LABEL],
      })),
    ),
    time_intervals: cases.flatMap(({ intervals = [] }) => intervals),
  }
}

/** YAML is a superset of JSON. */
export function alertingSection({ receivers, ...rest }: SharedConfig): string {
  const channels = receivers.map(({ name, sendResolved }) => ({ name, type: 'log', send_resolved: sendResolved }))
  return `  ${JSON.stringify({ ...rest, channels, receivers: receivers.map(({ name }) => ({ name, channels: [name] })) })}`
}

export function alertmanagerConfig({ receivers, ...rest }: SharedConfig, url: string): string {
  const webhooks = receivers.map(({ name, sendResolved }) => ({
    name,
    webhook_configs: [{ url: `${url}/${name}`, send_resolved: sendResolved }],
  }))
  return JSON.stringify({ ...rest, receivers: webhooks })
}
