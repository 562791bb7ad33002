/** What else speaks for a sum that is arithmetically the only one. None of it is proof; two of it may confirm. */
import type { Party } from './board.ts'

/** In words for the reason of the match: "all on one day", "every part shares a word with the whole". */
export function corroborations(whole: Party, parts: readonly Party[], candidates: readonly Party[]): readonly string[] {
  const spoken: string[] = []
  if (new Set(parts.map(({ from }) => from)).size === 1) spoken.push('all parts are of one day')
  if (parts.length === candidates.length) spoken.push('no candidate is left over')
  if (parts.every((part) => share(whole.source.words, part.source.words))) {
    spoken.push('every part shares a word with the whole')
  }
  if (parts.every((part) => share(whole.source.references, part.source.references))) {
    spoken.push('every part shares a reference with the whole')
  }
  return spoken
}

function share(some: readonly string[], others: readonly string[]): boolean {
  return some.some((one) => others.includes(one))
}
