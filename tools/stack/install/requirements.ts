import { namingOf } from '../environment.ts'
import { ComponentUnavailable } from '../errors.ts'
import type { ProductName } from '../types.ts'
import type { Which } from './which.ts'

/** What a missing program belongs to, in the words of someone who has to install it. */
const products: Record<string, string> = {
  java: 'a JDK 17 or newer',
  javac: 'a JDK 17 or newer',
  jar: 'a JDK 17 or newer',
  mvn: 'Maven',
  go: 'Go 1.23 or newer',
  cargo: 'Rust (rustup)',
  rustc: 'Rust (rustup)',
  cc: 'a C compiler',
  python3: 'Python 3.9 or newer with pip',
  'apt-get': 'its program on the PATH, or Debian or Ubuntu to get it from,',
  'dpkg-deb': 'its program on the PATH, or Debian or Ubuntu to get it from,',
}

function sentenceList(items: readonly string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1) ?? ''}`
}

/** Paths of the programs, in the order asked; throws one sentence that names every product that is missing. */
export function requirePrograms(component: ProductName, programs: readonly string[], which: Which): string[] {
  const found = programs.map((program) => which(program))
  const missing = new Set(programs.filter((_, i) => found[i] === undefined).map((name) => products[name] ?? name))
  if (missing.size > 0) {
    const { label, address } = namingOf(component)
    throw new ComponentUnavailable(
      component,
      `${label} needs ${sentenceList([...missing])} to run here: install what is missing, start Docker, or set ${address} to one that runs already.`,
    )
  }
  return found.filter((path) => path !== undefined)
}
