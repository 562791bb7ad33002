/**
 * Whether another book's entries stand under our numbers in a company: two databases may have been given one prefix, and
 * only the company itself sees both. Entries without an id are no evidence: somebody may have typed or imported them.
 */
import { markOf } from './book-mark.ts'
import type { AccountingTarget, Answer } from './port.ts'

export interface OthersEntries {
  /** The id of the other book. */
  readonly lastingId: string
  readonly entries: number
  /** The first of its numbers. */
  readonly document: string
}

const FIRST_DAY = '1900-01-01'
const LAST_DAY = '2999-12-31'

/** By the other book's id. Voided entries count, since their numbers are looked up as well; deleted ones are gone. */
export async function othersUnder(
  target: Pick<AccountingTarget, 'list'>,
  { documentPrefix, ownIds }: { readonly documentPrefix: string; readonly ownIds: ReadonlySet<string> },
): Promise<Answer<readonly OthersEntries[]>> {
  const listed = await target.list({ documentPrefix: `${documentPrefix}-`, from: FIRST_DAY, to: LAST_DAY })
  if (listed.kind !== 'ok') return listed
  const others = Map.groupBy(
    listed.value
      .filter((entry) => entry.status !== 'deleted' && !ownIds.has(markOf(entry) ?? ''))
      .filter((entry) => markOf(entry) !== null),
    (entry) => markOf(entry) ?? '',
  )
  const found = [...others].map(([id, entries]) => {
    const documents = entries.map(({ document }) => document).toSorted()
    return { lastingId: id, entries: entries.length, document: documents[0] ?? '' }
  })
  return { kind: 'ok', value: found.toSorted((one, other) => (one.lastingId < other.lastingId ? -1 : 1)) }
}

/** "3 entries of the book with id 3F9A01BC, the first of them ACME-20261101-1" */
export function othersText(others: readonly OthersEntries[]): string {
  return others
    .map(({ lastingId, entries, document }) =>
      entries === 1
        ? `entry ${document} of the book with id ${lastingId}`
        : `${entries} entries of the book with id ${lastingId}, the first of them ${document}`,
    )
    .join('; ')
}
