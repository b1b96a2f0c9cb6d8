/** Uniform, normal and other numbers that are the same in every run. */
export interface Random {
  /** 0..1, neither of them. */
  uniform(): number
  /** Mean 0, standard deviation 1. */
  normal(): number
}

/** sfc32 (PractRand), and the polar form of Box and Muller's transform. */
export function createRandom(seed: number): Random {
  let [a, b, c, count] = [0x9e3779b9 ^ seed, 0x243f6a88, 0xb7e15162 ^ (seed << 7), 1]
  const next = (): number => {
    const sum = (((a + b) | 0) + count) | 0
    count = (count + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + sum) | 0
    return ((sum >>> 0) + 0.5) / 4_294_967_296
  }
  for (let round = 0; round < 15; round++) next()
  let spare = NaN
  const normal = (): number => {
    if (!Number.isNaN(spare)) {
      const kept = spare
      spare = NaN
      return kept
    }
    const radius = Math.sqrt(-2 * Math.log(next()))
    const angle = 2 * Math.PI * next()
    spare = radius * Math.sin(angle)
    return radius * Math.cos(angle)
  }
  return { uniform: next, normal }
}
