/**
 * The rule of exactly once, as a pure function: what a look-up found decides whether an entry is adopted, refused, or may
 * be created. It is asked before every create, so that a lost answer, a crash or a restored database never makes a second
 * entry. Only this book's own is adopted: what carries another book's id, or none, is never ours because it looks alike.
 */
import { markOf } from '../book-mark.ts'
import { compareEntries, describeEntry, isThere, type AccountNames } from '../compare-entries.ts'
import type { RemoteEntry, TargetEntry } from '../entry.ts'

export type Decision =
  | { readonly kind: 'create' }
  /** `payload` is what arrived: not always the newest version, and with the memo it has there. */
  | { readonly kind: 'adopt'; readonly remote: RemoteEntry; readonly payload: TargetEntry }
  | { readonly kind: 'refuse'; readonly message: string; readonly evidence: string }

export interface Sought {
  readonly document: string
  /** The target's name, for the command to run next. */
  readonly target: string
  readonly lastingId: string
  /** Every version ever made, the newest last: any of them may have arrived. */
  readonly payloads: readonly TargetEntry[]
  /** The names of other books of this database, by the ids of what they delivered into the same company. */
  readonly elsewhere: ReadonlyMap<string, string>
  /** A person has said that what is voided or deleted there is to be made anew. */
  readonly despiteVoided: boolean
  readonly names: AccountNames
}

export function decide(sought: Sought, found: readonly RemoteEntry[]): Decision {
  const { document, payloads, despiteVoided } = sought
  const memos = new Set(payloads.map(({ memo }) => memo.trim()))
  const underNumber = found
    .filter((remote) => remote.document === document || memos.has(remote.memo.trim()))
    .toSorted((a, b) => a.remoteId.localeCompare(b.remoteId, 'en', { numeric: true }))
  const there = underNumber.filter(isThere)
  for (const payload of payloads.toReversed()) {
    const remote = there.find((each) => isOwn(sought, each) && compareEntries(payload, each).length === 0)
    if (remote !== undefined) return { kind: 'adopt', remote, payload }
  }
  const newest = payloads.at(-1)
  const sealedBefore = newest === undefined ? undefined : there.find((each) => isSealedBefore(sought, newest, each))
  if (newest !== undefined && sealedBefore !== undefined) {
    return { kind: 'adopt', remote: sealedBefore, payload: { ...newest, memo: sealedBefore.memo } }
  }
  const [other] = there
  if (other !== undefined && newest !== undefined) {
    return { kind: 'refuse', message: takenText(sought, newest, other), evidence: other.raw }
  }
  const [gone] = underNumber.filter((remote) => isOwn(sought, remote))
  if (gone !== undefined && !despiteVoided) {
    const message = `${document} arrived (id ${gone.remoteId}) and is ${gone.status} in the target; nobody knows here why.`
    return { kind: 'refuse', message, evidence: gone.raw }
  }
  return { kind: 'create' }
}

/** The range of the ledger in a memo, and the heads before it. */
const PLACES = /, (?:ledger \d+(?:\.\.\d+)?|heads [^,]+)(?=, |$)/g

/**
 * Ours, from before a backup was restored: the day was sealed again, and where in the ledger is all that differs. It has
 * to carry the id of this book, since a number and lines alone may be anybody's.
 */
function isSealedBefore(sought: Sought, ours: TargetEntry, remote: RemoteEntry): boolean {
  if (markOf(remote) !== sought.lastingId || !isOwn(sought, remote)) return false
  const memo = remote.memo.replace(PLACES, '')
  return compareEntries({ ...ours, memo: ours.memo.replace(PLACES, '') }, { ...remote, memo }).length === 0
}

/** Not known to be another book's. What carries no id may be ours, where somebody has taken it out of the memo. */
function isOwn({ lastingId, elsewhere }: Sought, remote: RemoteEntry): boolean {
  const mark = markOf(remote)
  return (mark === null || mark === lastingId) && !elsewhere.has(remote.remoteId)
}

/** Never two under one number: a person has to say which of the two keeps it. */
function takenText(sought: Sought, newest: TargetEntry, other: RemoteEntry): string {
  const { document, target, names, lastingId } = sought
  const mark = markOf(other)
  const versions = `Ours: ${describeEntry(newest, names)}. There: ${describeEntry(other, names)}.`
  const again = `then: tieout deliver --retry ${document} --target ${target}.`
  if (!isOwn(sought, other)) {
    const named = sought.elsewhere.get(other.remoteId)
    const whose = named === undefined ? `the book with the id ${mark ?? ''}` : `book ${named}`
    return (
      `The target holds an entry of ${whose} under ${document} (id ${other.remoteId}); the id of this book is ${lastingId}. ` +
      `Nothing was sent. ${versions} Give one of the two books another documentPrefix for the journals to come; for this one ` +
      `change the number of the entry there, ${again}`
    )
  }
  const differences = compareEntries(newest, other, names)
  if (mark === null) {
    const compared = differences.length === 0 ? 'It says the same' : `Differences: ${differences.join('; ')}`
    return (
      `The target holds another entry under ${document} (id ${other.remoteId}), which carries no book's id: somebody entered ` +
      `or imported it. ${versions} ${compared}. Nothing was sent. ` +
      `When it is this journal, delete it there, or change its number when it is not; ${again}`
    )
  }
  return (
    `The target holds another entry under ${document} (id ${other.remoteId}), as after a backup was restored. ${versions} ` +
    `Differences: ${differences.join('; ')}. Nothing was sent. To keep theirs, leave it so, and the tie-out shows the difference; ` +
    `to have ours, delete or void theirs there, ${again}`
  )
}
