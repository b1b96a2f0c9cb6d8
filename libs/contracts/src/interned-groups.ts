import { isBlock } from './block-store.ts'
import type { StoredBlock } from './block-store.ts'
import type { PointGroup } from './metric-batch.ts'
import { placeOf } from './run-view.ts'
import { intsOf, Slab } from './slab.ts'
import { hashOf } from './words.ts'

/** One copy of a group's block for all cached series of the group: the same object means the same bytes. */
export interface InternedGroup extends StoredBlock {
  readonly hash: number
  uses: number
}

/** The blocks of the groups that a cache refers to, counted: a group goes with its last series. */
export class InternedGroups {
  readonly #byHash = new Map<number, InternedGroup[]>()
  bytes = 0

  find(group: PointGroup): InternedGroup | undefined {
    const { view, start, end } = placeOf(group)
    const candidates = this.#byHash.get(hashOf(view, start, end))
    return candidates?.find((candidate) => isBlock(candidate, view, start, end))
  }

  /** Finds or copies the group's block, and counts one more use. */
  acquire(group: PointGroup): InternedGroup {
    let interned = this.find(group)
    if (interned === undefined) {
      const { view, start, end } = placeOf(group)
      const size = end - start
      const slab = new Slab(intsOf(size))
      slab.copyFrom(view, start, end, 0)
      interned = { slab, at: 0, size, hash: hashOf(view, start, end), uses: 0 }
      this.#byHash.set(interned.hash, [...(this.#byHash.get(interned.hash) ?? []), interned])
      this.bytes += interned.size
    }
    return this.reuse(interned)
  }

  reuse(group: InternedGroup): InternedGroup {
    group.uses++
    return group
  }

  /** Gives one use back. True when it was the last, and the group is forgotten. */
  release(group: InternedGroup): boolean {
    group.uses--
    if (group.uses > 0) return false
    const others = (this.#byHash.get(group.hash) ?? []).filter((candidate) => candidate !== group)
    if (others.length === 0) this.#byHash.delete(group.hash)
    else this.#byHash.set(group.hash, others)
    this.bytes -= group.size
    return true
  }
}
