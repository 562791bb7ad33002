/**
 * Whether the entry QuickBooks says it created is the one that was sent. It answers a repeated request id with the first
 * entry, whatever the second body was, and that would pass for success.
 */
import { compareEntries } from '../compare-entries.ts'
import type { TargetEntry } from '../entry.ts'

/** What differs, in words; empty when it is the same entry. Texts are left to the reading back: they prove nothing here. */
export function echoDifferences(sent: TargetEntry, echoed: TargetEntry): readonly string[] {
  return compareEntries(withoutTexts(sent), withoutTexts(echoed))
}

function withoutTexts(entry: TargetEntry): TargetEntry {
  return { ...entry, memo: '', lines: entry.lines.map((line) => ({ ...line, description: '' })) }
}
