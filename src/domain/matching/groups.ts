/** Parties that belong together because something joins them, as sets: a union-find with a fixed order of the answer. */
import { compareParties, type Party } from './board.ts'

export interface Groups {
  readonly join: (a: Party, b: Party) => void
  /** Every set of at least two parties, each sorted, in the order of its first party. */
  readonly sets: () => readonly (readonly Party[])[]
}

export function groups(): Groups {
  const parents = new Map<Party, Party>()
  const find = (party: Party): Party => {
    let root = party
    for (let next = parents.get(root); next !== undefined && next !== root; next = parents.get(root)) root = next
    let walk = party
    while (walk !== root) {
      const next = parents.get(walk) ?? root
      parents.set(walk, root)
      walk = next
    }
    return root
  }
  const join = (a: Party, b: Party): void => {
    if (!parents.has(a)) parents.set(a, a)
    if (!parents.has(b)) parents.set(b, b)
    parents.set(find(a), find(b))
  }
  const sets = (): readonly (readonly Party[])[] => {
    const members = new Map<Party, Party[]>()
    for (const party of [...parents.keys()].sort(compareParties)) {
      const root = find(party)
      const set = members.get(root)
      if (set === undefined) members.set(root, [party])
      else set.push(party)
    }
    return [...members.values()].filter(({ length }) => length > 1)
  }
  return { join, sets }
}
