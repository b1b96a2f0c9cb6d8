import type { GateRule } from '../../../libs/testing/src/http-gate.ts'
import { BACKENDS } from '../rig/backends.ts'
import type { BackendName } from '../rig/backends.ts'
import type { Scenario } from './scenario.ts'

interface Lie {
  readonly name: string
  readonly about: string
  readonly rule: GateRule
}

const LIES: readonly Lie[] = [
  { name: 'hangs', about: 'takes requests and never answers', rule: () => 'hang' },
  { name: '500', about: 'answers 500 to everything', rule: () => ({ status: 500, body: 'internal error' }) },
  {
    name: '429',
    about: 'answers 429 with Retry-After to everything',
    rule: () => ({ status: 429, headers: { 'retry-after': '1' }, body: 'slow down' }),
  },
  { name: 'breaks-off', about: 'resets connections in the middle of a request', rule: isWrite('break') },
  { name: 'loses-answers', about: 'stores what it gets and resets instead of answering', rule: isWrite('lose') },
]

/** Reads go on, so that the backend looks healthy. */
function isWrite(verdict: 'break' | 'lose'): GateRule {
  return ({ method, sizeBytes }) => (method === 'POST' && sizeBytes !== 1 ? verdict : undefined)
}

function lying(backend: BackendName, { name, about, rule }: Lie): Scenario {
  return {
    name: `${backend}-${name}`,
    about: `${backend} ${about}`,
    brokers: 1,
    ...(backend === 'elasticsearch' && name === '429' ? { smoke: true as const } : {}),
    fault: {
      inject: ({ rig }) => {
        rig.backends.sites[backend].gate.rule(rule)
      },
      heal: ({ rig }) => {
        rig.backends.sites[backend].gate.rule()
      },
    },
  }
}

function diskFull(backend: 'prometheus' | 'influxdb'): Scenario {
  return {
    name: `${backend}-disk-full`,
    about: `the disk under ${backend} is full to the last block`,
    brokers: 1,
    disk: backend,
    fault: {
      inject: ({ rig }) => rig.backends.sites[backend].disk?.fill(),
      heal: async ({ rig }) => {
        const site = rig.backends.sites[backend]
        site.disk?.free()
        // InfluxDB keeps the error of a write that found no room, and fails until it is started again, room or not.
        if (backend === 'influxdb') await site.restart()
      },
    },
  }
}

/** What Elasticsearch says of every item once a disk has passed its flood stage. */
const FLOODED = {
  type: 'cluster_block_exception',
  reason:
    'index blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark, index has read-only-allow-delete block];',
}

/** Every second document is stored, though the answer says that there was no room for it: it comes again. */
const HALF_REFUSED: GateRule = ({ path }) =>
  path.includes('_bulk')
    ? {
        rewrite: ({ status, body }) => {
          const answer = JSON.parse(body) as { errors: boolean; items: Record<string, object>[] }
          answer.items.forEach((item, index) => {
            const refused = { status: 429, error: { type: 'es_rejected_execution_exception', reason: 'queue is full' } }
            if (index % 2 === 0) for (const action of Object.keys(item)) item[action] = { ...item[action], ...refused }
          })
          return { status, body: JSON.stringify({ ...answer, errors: true }) }
        },
      }
    : undefined

export const BACKEND_SCENARIOS: readonly Scenario[] = [
  ...BACKENDS.flatMap((backend) => LIES.map((lie) => lying(backend, lie))),
  diskFull('prometheus'),
  diskFull('influxdb'),
  lying('elasticsearch', {
    name: 'disk-full',
    about: 'refuses all writes, as it does above the flood-stage watermark',
    rule: ({ path }) =>
      path.includes('_bulk') ? { status: 429, body: JSON.stringify({ error: FLOODED, status: 429 }) } : undefined,
  }),
  lying('elasticsearch', {
    name: 'partial',
    about: 'stores everything and says that every second document had no room',
    rule: HALF_REFUSED,
  }),
]
