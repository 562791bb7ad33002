/**
 * Whose an entry is: the id of its book, at the end of the memo, which QuickBooks keeps as PrivateNote and Xero as
 * Narration. A number alone proves nothing: two books may have been given one prefix. What somebody typed or
 * imported carries none.
 */
import type { TargetEntry } from './entry.ts'

const MARK = /(?:^|, )book ([0-9A-Z]{8})(?![0-9A-Z])/g

export function markedMemo(memo: string, lastingId: string): string {
  return `${memo}, book ${lastingId}`
}

/** The id an entry carries, the last one when a person wrote more behind it; null when it carries none. */
export function markOf({ memo }: Pick<TargetEntry, 'memo'>): string | null {
  return [...memo.matchAll(MARK)].at(-1)?.[1] ?? null
}

/** Whether an entry says itself that it is another book's. */
export function isOfAnother(entry: Pick<TargetEntry, 'memo'>, lastingId: string): boolean {
  const mark = markOf(entry)
  return mark !== null && mark !== lastingId
}
