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
