import { parser } from '@prometheus-io/lezer-promql'

export interface Selector {
  /** Undefined when `__name__` is matched by an expression only. */
  readonly metric: string | undefined
  readonly matchers: readonly Matcher[]
}

export interface Matcher {
  readonly label: string
  readonly op: string
  readonly value: string
}

type Node = ReturnType<typeof parser.parse>['topNode']

/** Every place where an expression reads series, in order. Throws on what Prometheus' own grammar does not take. */
export function selectorsOf(expr: string): Selector[] {
  return nodesOf(expr, 'VectorSelector').map((node) => ({
    metric: textOf(expr, node.getChild('Identifier')),
    matchers: (node.getChild('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ?? []).map((matcher) => ({
      label: textOf(expr, matcher.getChild('LabelName')) ?? '',
      op: textOf(expr, matcher.getChild('MatchOp')) ?? '',
      value: unquote(textOf(expr, matcher.getChild('StringLiteral')) ?? ''),
    })),
  }))
}

/** Labels named in by, without, on, ignoring, group_left and group_right. */
export function groupingLabelsOf(expr: string): string[] {
  return nodesOf(expr, 'GroupingLabels').flatMap((node) =>
    node.getChildren('LabelName').map((name) => textOf(expr, name) ?? ''),
  )
}

/** The expression with each duration (ranges and offsets) replaced. */
export function mapDurations(expr: string, map: (duration: string) => string): string {
  let out = ''
  let done = 0
  for (const { from, to } of nodesOf(expr, 'NumberDurationLiteralInDurationContext')) {
    out += expr.slice(done, from) + map(expr.slice(from, to))
    done = to
  }
  return out + expr.slice(done)
}

function nodesOf(expr: string, type: string): Node[] {
  const nodes: Node[] = []
  parser.parse(expr).iterate({
    enter: ({ type: found, from, node }) => {
      if (found.isError) throw new Error(`not PromQL at character ${from}: ${expr}`)
      if (found.name === type) nodes.push(node)
    },
  })
  return nodes
}

function textOf(expr: string, node: Node | null): string | undefined {
  return node === null ? undefined : expr.slice(node.from, node.to)
}

/** Our rules use no escapes. */
function unquote(text: string): string {
  return text.slice(1, -1)
}
