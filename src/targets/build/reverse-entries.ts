/**
 * Takes entries back: the same accounts, tags, currency and rate with the sides swapped. Made from what was sent and not
 * from today's mapping, because a wrong mapping is what reversals are for.
 */
import type { TargetEntry } from '../entry.ts'
import {
  entryDate,
  memoOf,
  tooManyParts,
  type BuildContext,
  type BuiltEntries,
  type DeliverableJournal,
} from './build-entries.ts'
import { partDocuments } from './parts.ts'

/** `originals` are all parts of the journal that `journal.reverses` names, in their order, as they were sent. */
export function reverseEntries(
  journal: DeliverableJournal,
  originals: readonly TargetEntry[],
  context: Pick<BuildContext, 'company' | 'policy' | 'closedThrough'>,
): BuiltEntries {
  const date = entryDate(journal, context)
  if (!date.ok) return date
  const documents = partDocuments(journal.document, originals.length)
  if (documents === null) return tooManyParts(journal, originals.length)
  const entries = originals.map((original, index): TargetEntry => {
    const document = documents[index] ?? journal.document
    const part = { document, part: index + 1, parts: originals.length, date: date.value }
    const lines = original.lines.map((line) => ({ ...line, amount: -line.amount }))
    return { ...original, document, date: date.value, memo: memoOf(journal, part), lines }
  })
  return { ok: true, entries }
}
