/**
 * The rule of exactly once, as a pure function: what a look-up found decides whether an entry is adopted, refused, or may
 * be created. It is asked before every create, so that a lost answer, a crash or a restored database never makes a second
 * entry.
 */
import { compareEntries, describeEntry, isThere, type AccountNames } from '../compare-entries.ts'
import type { RemoteEntry, TargetEntry } from '../entry.ts'

export type Decision =
  | { readonly kind: 'create' }
  /** `payload` is the version that arrived: not always the newest. */
  | { readonly kind: 'adopt'; readonly remote: RemoteEntry; readonly payload: TargetEntry }
  | { readonly kind: 'refuse'; readonly message: string; readonly evidence: string }

export interface Sought {
  readonly document: string
  /** Every version ever made, the newest last: any of them may have arrived. */
  readonly payloads: readonly TargetEntry[]
  /** A person has said that what is voided or deleted there is to be made anew. */
  readonly despiteVoided: boolean
  readonly names: AccountNames
}

export function decide({ document, payloads, despiteVoided, names }: Sought, found: readonly RemoteEntry[]): Decision {
  const memos = new Set(payloads.map(({ memo }) => memo.trim()))
  const ours = found
    .filter((remote) => remote.document === document || memos.has(remote.memo.trim()))
    .toSorted((a, b) => a.remoteId.localeCompare(b.remoteId, 'en', { numeric: true }))
  const there = ours.filter(isThere)
  for (const payload of payloads.toReversed()) {
    const remote = there.find((each) => compareEntries(payload, each).length === 0)
    if (remote !== undefined) return { kind: 'adopt', remote, payload }
  }
  const [other] = there
  const newest = payloads.at(-1)
  if (other !== undefined && newest !== undefined) {
    const message =
      `The target holds another entry under ${document} (id ${other.remoteId}). ` +
      `Ours: ${describeEntry(newest, names)}. There: ${describeEntry(other, names)}. Differences: ${compareEntries(newest, other, names).join('; ')}.`
    return { kind: 'refuse', message, evidence: other.raw }
  }
  const [gone] = ours
  if (gone !== undefined && !despiteVoided) {
    const message = `${document} arrived (id ${gone.remoteId}) and is ${gone.status} in the target; nobody knows here why.`
    return { kind: 'refuse', message, evidence: gone.raw }
  }
  return { kind: 'create' }
}
