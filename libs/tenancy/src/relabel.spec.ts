import { createHash } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { compileRules } from './relabel.ts'
import { RULE_DEFAULTS } from './rule-schema.ts'
import type { RelabelAction, RelabelRule } from './tenant-config.ts'

type Labels = Readonly<Record<string, string>>

function rule(over: Partial<RelabelRule>): RelabelRule {
  return { id: 'r', sourceLabels: [], targetLabel: '', modulus: 0, ...RULE_DEFAULTS, ...over }
}

function run(labels: Labels, ...rules: RelabelRule[]): Labels | string {
  const result = compileRules(rules)(new Map(Object.entries({ __name__: 'm', ...labels })))
  return result.dropped ? result.rule : Object.fromEntries(result.labels)
}

// The cases of Prometheus' own documentation and of its relabelling code, label by label.
const CASES: readonly (readonly [string, Labels, Partial<RelabelRule>, Labels | string])[] = [
  [
    'replaces by groups',
    { a: 'foo' },
    { sourceLabels: ['a'], regex: 'f(.*)', targetLabel: 'd', replacement: 'ch${1}-ch${1}' },
    { a: 'foo', d: 'choo-choo' },
  ],
  [
    'joins sources by the separator',
    { a: 'x', b: 'y' },
    { sourceLabels: ['a', 'b'], regex: 'x;y', targetLabel: 'c', replacement: 'z' },
    { a: 'x', b: 'y', c: 'z' },
  ],
  [
    'takes another separator',
    { a: 'x' },
    { sourceLabels: ['a', 'none'], separator: '/', regex: 'x/', targetLabel: 'c', replacement: 'z' },
    { a: 'x', c: 'z' },
  ],
  [
    'leaves what does not match as it is',
    { a: 'foo' },
    { sourceLabels: ['a'], regex: 'fo', targetLabel: 'a', replacement: 'z' },
    { a: 'foo' },
  ],
  [
    'is anchored around alternatives',
    { a: 'xfoo' },
    { sourceLabels: ['a'], regex: 'foo|bar', targetLabel: 'a', replacement: 'z' },
    { a: 'xfoo' },
  ],
  [
    'lets a dot match a newline',
    { a: 'x\ny' },
    { sourceLabels: ['a'], regex: 'x.y', targetLabel: 'a', replacement: 'z' },
    { a: 'z' },
  ],
  [
    'removes a label by an empty value',
    { a: 'foo' },
    { sourceLabels: ['a'], regex: 'foo', targetLabel: 'a', replacement: '' },
    {},
  ],
  ['adds a constant with no source', {}, { targetLabel: 'a', replacement: 'c' }, { a: 'c' }],
  [
    'expands the target',
    { a: 'k=v' },
    { sourceLabels: ['a'], regex: '(\\w+)=(\\w+)', targetLabel: '${1}', replacement: '$2' },
    { a: 'k=v', k: 'v' },
  ],
  [
    'writes nothing to an empty target',
    { a: 'x' },
    { sourceLabels: ['a'], targetLabel: '${2}', replacement: 'y' },
    { a: 'x' },
  ],
  [
    'takes the longest name after a dollar',
    { a: 'x' },
    { sourceLabels: ['a'], targetLabel: 'b', replacement: '$1y-${1}y-$$-$' },
    { a: 'x', b: '-xy-$-$' },
  ],
  [
    'expands named groups',
    { a: 'x1' },
    { sourceLabels: ['a'], regex: '(?P<letter>[a-z])(?:(?P<no>9)|.)', targetLabel: 'b', replacement: '$letter${no}!' },
    { a: 'x1', b: 'x!' },
  ],
  [
    'renames the metric',
    {},
    { sourceLabels: ['__name__'], targetLabel: '__name__', replacement: 'new_$1' },
    { __name__: 'new_m' },
  ],
  ['drops', { a: 'foo' }, { sourceLabels: ['a'], regex: 'f.*', action: 'drop' }, 'r'],
  ['does not drop others', { a: 'bar' }, { sourceLabels: ['a'], regex: 'f.*', action: 'drop' }, { a: 'bar' }],
  ['keeps', { a: 'foo' }, { sourceLabels: ['a'], regex: 'f.*', action: 'keep' }, { a: 'foo' }],
  ['does not keep others', {}, { sourceLabels: ['a'], regex: 'f.*', action: 'keep' }, 'r'],
  [
    'keepequal keeps equal ones',
    { a: 'x', b: 'x' },
    { sourceLabels: ['a'], targetLabel: 'b', action: 'keepequal' },
    { a: 'x', b: 'x' },
  ],
  ['keepequal drops others', { a: 'x' }, { sourceLabels: ['a'], targetLabel: 'b', action: 'keepequal' }, 'r'],
  ['dropequal drops equal ones', {}, { sourceLabels: ['a'], targetLabel: 'b', action: 'dropequal' }, 'r'],
  ['dropequal keeps others', { a: 'x' }, { sourceLabels: ['a'], targetLabel: 'b', action: 'dropequal' }, { a: 'x' }],
  [
    'maps names',
    { __meta_a: '1', b: '2' },
    { regex: '__meta_(.*)', action: 'labelmap' },
    { __meta_a: '1', a: '1', b: '2' },
  ],
  [
    'does not map what it has just made',
    { x: '1' },
    { regex: '(x+)', replacement: '${1}x', action: 'labelmap' },
    { x: '1', xx: '1' },
  ],
  ['drops labels', { ab: '1', b: '2' }, { regex: 'a.*', action: 'labeldrop' }, { b: '2' }],
  ['keeps labels', { ab: '1', b: '2' }, { regex: '__name__|b', action: 'labelkeep' }, { b: '2' }],
  ['drops a series that lost its name', { a: '1' }, { regex: 'a', action: 'labelkeep' }, 'r'],
  ['lower-cases', { a: 'FoO' }, { sourceLabels: ['a'], targetLabel: 'b', action: 'lowercase' }, { a: 'FoO', b: 'foo' }],
  ['upper-cases', { a: 'FoO' }, { sourceLabels: ['a'], targetLabel: 'a', action: 'uppercase' }, { a: 'FOO' }],
  [
    'hashes as Prometheus does',
    { a: 'baz' },
    { sourceLabels: ['a'], targetLabel: 'd', action: 'hashmod', modulus: 1000 },
    { a: 'baz', d: '976' },
  ],
]

describe('compileRules', () => {
  it.each(CASES)('%s', (_, labels, over, expected) => {
    expect(run(labels, rule(over))).toEqual(typeof expected === 'string' ? expected : { __name__: 'm', ...expected })
  })

  it('names the rule that dropped the series', () => {
    const drop = (id: string, regex: string): RelabelRule => rule({ id, action: 'drop', sourceLabels: ['a'], regex })
    expect(run({ a: 'y' }, drop('first', 'x'), drop('second', 'y'))).toBe('second')
  })

  it('removes temporary labels at the end and leaves its input alone', () => {
    const input = new Map([
      ['__name__', 'm'],
      ['a', '1'],
    ])
    const relabel = compileRules([
      rule({ sourceLabels: ['a'], targetLabel: '__tmp_x' }),
      rule({ sourceLabels: ['__tmp_x'], targetLabel: 'b', replacement: '$1$1$1' }),
      rule({ sourceLabels: ['__tmp_x'], targetLabel: 'b', replacement: '${1}2' }),
    ])
    expect(relabel(input)).toEqual({
      dropped: false,
      labels: new Map([
        ['__name__', 'm'],
        ['a', '1'],
        ['b', '12'],
      ]),
    })
    expect(input.size).toBe(2)
  })

  it('agrees with a naive reading of the documentation on any rules and labels', () => {
    fc.assert(
      fc.property(anyLabels, fc.array(anyRule, { maxLength: 4 }), (labels, rules) => {
        expect(run(labels, ...rules)).toEqual(oracle({ __name__: 'm', ...labels }, rules))
      }),
      { numRuns: 500 },
    )
  })
})

const name = fc.constantFrom('__name__', 'a', 'b', 'ab')
const anyLabels = fc.dictionary(fc.constantFrom('a', 'b', 'ab', 'c'), fc.constantFrom('x', 'y', 'xy', 'X'), {
  maxKeys: 4,
})
const anyRule: fc.Arbitrary<RelabelRule> = fc.record({
  id: fc.constantFrom('one', 'two'),
  action: fc.constantFrom<RelabelAction>(
    'replace',
    'keep',
    'drop',
    'keepequal',
    'dropequal',
    'labelmap',
    'labeldrop',
    'labelkeep',
    'hashmod',
    'lowercase',
    'uppercase',
  ),
  sourceLabels: fc.array(name, { maxLength: 2 }),
  separator: fc.constantFrom(';', ''),
  regex: fc.constantFrom('(.*)', 'x(y?)', '(a|__name__).*', '[xyab]+', 'm|x;', '(.)(.)'),
  targetLabel: name,
  replacement: fc.constantFrom('$1', 'c', '', '${1}a'),
  modulus: fc.constantFrom(1, 7),
})

/** Written for plainness, over plain objects and JavaScript's own regexes: another road to the same answer. */
function oracle(input: Labels, rules: readonly RelabelRule[]): Labels | string {
  let labels: Labels = input
  for (const each of rules) {
    const next = oracleStep(labels, each)
    if (next?.__name__ === undefined) return each.id
    labels = next
  }
  return labels
}

function oracleStep(labels: Labels, each: RelabelRule): Labels | undefined {
  const value = each.sourceLabels.map((label) => labels[label] ?? '').join(each.separator)
  const regex = new RegExp(`^(?:${each.regex})$`, 's')
  const target = labels[each.targetLabel] ?? ''
  const set = (to: string, with_: string): Labels => clean({ ...labels, [to]: with_ })
  const expand = (text: string): string => {
    const match = regex.exec(text) ?? []
    return each.replacement.replace('${1}', match[1] ?? '').replace('$1', match[1] ?? '')
  }
  const only = (keep: boolean): Labels =>
    Object.fromEntries(Object.entries(labels).filter(([label]) => regex.test(label) === keep))
  switch (each.action) {
    case 'replace':
      return regex.test(value) ? set(each.targetLabel, expand(value)) : labels
    case 'keep':
      return regex.test(value) ? labels : undefined
    case 'drop':
      return regex.test(value) ? undefined : labels
    case 'keepequal':
      return target === value ? labels : undefined
    case 'dropequal':
      return target === value ? undefined : labels
    case 'labelmap': {
      const mapped = Object.entries(labels).filter(([label]) => regex.test(label) && expand(label) !== '')
      return mapped.reduce<Labels>((all, [label, is]) => ({ ...all, [expand(label)]: is }), labels)
    }
    case 'labeldrop':
      return only(false)
    case 'labelkeep':
      return only(true)
    case 'hashmod': {
      const last8 = BigInt(`0x${createHash('md5').update(value).digest('hex').slice(16)}`)
      return set(each.targetLabel, (last8 % BigInt(each.modulus)).toString())
    }
    case 'lowercase':
      return set(each.targetLabel, value.toLowerCase())
    case 'uppercase':
      return set(each.targetLabel, value.toUpperCase())
  }
}

function clean(labels: Labels): Labels {
  return Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== ''))
}
