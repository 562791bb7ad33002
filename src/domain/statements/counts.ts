/** Lines as a bag: how many there are of each identity. */

export type Counts = ReadonlyMap<string, number>

interface Named {
  readonly identity: string
}

export function countsOf(lines: readonly Named[]): Counts {
  const counts = new Map<string, number>()
  for (const { identity } of lines) counts.set(identity, (counts.get(identity) ?? 0) + 1)
  return counts
}

/** What both bags hold. */
export function common(a: Counts, b: Counts): Counts {
  return new Map(
    [...a]
      .map(([identity, count]) => [identity, Math.min(count, b.get(identity) ?? 0)] as const)
      .filter(([, count]) => count > 0),
  )
}

export function isSame(a: Counts, b: Counts): boolean {
  return a.size === b.size && [...a].every(([identity, count]) => b.get(identity) === count)
}

/** The lines left when the first of those in the bag are taken out. */
export function without<Line extends Named>(lines: readonly Line[], taken: Counts): readonly Line[] {
  const left = new Map(taken)
  return lines.filter(({ identity }) => {
    const count = left.get(identity) ?? 0
    if (count > 0) left.set(identity, count - 1)
    return count === 0
  })
}
