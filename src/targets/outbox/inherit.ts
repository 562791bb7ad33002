/**
 * What a look-up makes of the entries of a book that was taken over: one that says the same is adopted; where the day has
 * some and none is equal, nothing is sent. Numbers, memos and ledger ranges tell nothing, since the database that was lost
 * may have numbered otherwise: the day and the currency in the memo do, and the lines.
 */
import { contentKey } from '../compare-entries.ts'
import type { RemoteEntry, TargetEntry } from '../entry.ts'
import { debitsOf, debitsText } from '../other-books.ts'

/** An entry of ours, under the number of its row. */
export interface Heir {
  readonly document: string
  readonly entry: TargetEntry
}

export type Inherited =
  | { readonly kind: 'adopt'; readonly remote: RemoteEntry }
  /** What the target holds of the day, none of it equal. */
  | { readonly kind: 'differs'; readonly theirs: readonly RemoteEntry[] }

const JOURNAL = /^\S+ (?:([A-Z]{3}) )?journal of (\d{4}-\d{2}-\d{2})(?!\d)/

/** By document; what is not in it has nothing of its day left there. `theirs` are those that nothing was delivered as yet. */
export function inherit(heirs: readonly Heir[], theirs: readonly RemoteEntry[]): ReadonlyMap<string, Inherited> {
  const left = new Set(theirs)
  const inherited = new Map<string, Inherited>()
  for (const { document, entry } of heirs) {
    const ofDay = [...left].filter((each) => isOfSameDay(entry, each))
    const remote = ofDay.find((each) => contentKey(entry) === contentKey(each))
    if (remote === undefined || ofDay.some((each) => takesBack(entry, each))) continue
    left.delete(remote)
    inherited.set(document, { kind: 'adopt', remote })
  }
  for (const { document, entry } of heirs) {
    const ofDay = [...left].filter((each) => isOfSameDay(entry, each))
    if (!inherited.has(document) && ofDay.length > 0) inherited.set(document, { kind: 'differs', theirs: ofDay })
  }
  return inherited
}

/** What a reversal there has taken back is not delivered. */
function takesBack(ours: TargetEntry, theirs: TargetEntry): boolean {
  const amounts = ({ lines }: TargetEntry, sign: bigint): string =>
    lines
      .map(({ account, amount }) => `${account} ${sign * amount}`)
      .toSorted()
      .join()
  return amounts(ours, -1n) === amounts(theirs, 1n)
}

function isOfSameDay(ours: TargetEntry, theirs: TargetEntry): boolean {
  return dayKey(ours) === dayKey(theirs)
}

/** The journal's own day and currency; the entry's where somebody has written another memo. */
function dayKey({ memo, currency, date }: TargetEntry): string {
  const [, own = currency, day = date] = JOURNAL.exec(memo) ?? []
  return `${day} ${own}`
}

/** Why nothing was sent, with both sums, and what a person can do. */
export function differsText({ document, entry }: Heir, theirs: readonly RemoteEntry[], target: string): string {
  const ids = theirs.map(({ document: number, remoteId }) => `${number} (id ${remoteId})`).join(', ')
  return (
    `The book that was taken over has other entries of the day of ${document} in the target. Ours: ${debitsText(debitsOf([entry]))}. ` +
    `There: ${debitsText(debitsOf(theirs))} in ${ids}. Nothing was sent. To keep theirs, leave it so; to have ours instead, ` +
    `delete or void theirs there, then: tieout deliver --retry ${document} --target ${target}.`
  )
}
