/**
 * The colour of a night and every reason for it, worst first: red is wrong or not known, amber is open and waits for a
 * person, green has nothing to say.
 */
export type Colour = 'green' | 'amber' | 'red'

export interface Reason {
  readonly colour: Exclude<Colour, 'green'>
  /** The end of a sentence: "the wallet 1310:netpanel differs by 3.20 USD". */
  readonly what: string
}

export function colourOf(reasons: readonly Reason[]): Colour {
  if (reasons.some(({ colour }) => colour === 'red')) return 'red'
  return reasons.length === 0 ? 'green' : 'amber'
}

export function worstFirst(reasons: readonly Reason[]): readonly Reason[] {
  return reasons.toSorted((a, b) => (a.colour === b.colour ? 0 : a.colour === 'red' ? -1 : 1))
}

/** Upper ends of the aging buckets in days, both included; what is older is in the last. */
const BUCKETS = [
  { name: '0-1d', most: 1 },
  { name: '2-5d', most: 5 },
  { name: '6-30d', most: 30 },
  { name: '>30d', most: Number.POSITIVE_INFINITY },
] as const

export interface Bucket<T> {
  readonly name: string
  readonly items: readonly T[]
}

export function agingBuckets<T extends { readonly ageDays: number }>(items: readonly T[]): readonly Bucket<T>[] {
  return BUCKETS.map(({ name, most }, index) => {
    const least = (BUCKETS[index - 1]?.most ?? -1) + 1
    return { name, items: items.filter(({ ageDays }) => ageDays >= least && ageDays <= most) }
  })
}
