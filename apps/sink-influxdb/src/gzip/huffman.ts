/** Lengths of the codes of an optimal prefix code for such weights (RFC 1951, 3.2.2). At least two symbols; every one gets a code. */
export function codeLengths(weights: readonly number[]): number[] {
  let trees = weights.map((weight, symbol) => ({ weight, symbols: [symbol] }))
  const lengths = weights.map(() => 0)
  while (trees.length > 1) {
    trees.sort((a, b) => a.weight - b.weight)
    const [first, second, ...others] = trees
    if (first === undefined || second === undefined) break
    const symbols = [...first.symbols, ...second.symbols]
    for (const symbol of symbols) lengths[symbol] = (lengths[symbol] ?? 0) + 1
    trees = [...others, { weight: first.weight + second.weight, symbols }]
  }
  return lengths
}

/** The codes that such lengths stand for, with their bits in the order in which they are sent. */
export function codesOf(lengths: readonly number[]): number[] {
  const codes = lengths.map(() => 0)
  let code = 0
  for (let length = 1; length <= Math.max(...lengths); length++) {
    lengths.forEach((own, symbol) => {
      if (own === length) codes[symbol] = reversed(code++, length)
    })
    code <<= 1
  }
  return codes
}

function reversed(code: number, length: number): number {
  let bits = 0
  for (let bit = 0; bit < length; bit++) bits |= ((code >>> bit) & 1) << (length - 1 - bit)
  return bits
}
