/**
 * What a delivered row and the target's entries say about each other, as a pure function: equal, edited, gone, or there
 * more than once. The findings carry both versions, because whoever reads them has to choose one.
 */
import { compareEntries, contentKey, describeEntry, isThere, type AccountNames } from '../compare-entries.ts'
import type { RemoteEntry } from '../entry.ts'
import { isKept, type Dismissed, type Kept } from './words.ts'
import type { EntryRow } from './row.ts'

/** What became of a delivered entry: changed, gone, or there more than once. */
export const DRIFTS = ['edited', 'deleted', 'copied'] as const
export type Drift = (typeof DRIFTS)[number]

export interface Finding {
  readonly document: string
  readonly journal: bigint
  readonly drift: Drift
  readonly detail: string
  /** The target's own answers that show it; empty when what shows it is that there is none. */
  readonly evidence: readonly string[]
}

/** What is known of entries beside what they say. */
export interface Beyond {
  /** The ids of those that were delivered from here: none of them is a copy. */
  readonly known: ReadonlySet<string>
  /** What a person has said is no copy. It does not hold for one that carries our number. */
  readonly dismissed: Dismissed
  /** What a person lets stand as it is there. */
  readonly kept: Kept
  readonly names: AccountNames
}

export function isDismissed(
  dismissed: Dismissed,
  { document }: { readonly document: string },
  { remoteId }: RemoteEntry,
): boolean {
  return dismissed.get(document)?.has(remoteId) === true
}

/** `remotes` are all entries that may be about the row. Empty: it is true to what was sent. */
export function checkRow(
  row: EntryRow,
  remotes: readonly RemoteEntry[],
  { known, dismissed, kept, names }: Beyond,
): readonly Finding[] {
  const mine = remotes.find(({ remoteId }) => remoteId === row.remoteId)
  const content = contentKey(row.entry)
  const others = remotes.filter((remote) => isThere(remote) && !known.has(remote.remoteId))
  const copies = others.filter((remote) => isAbout(remote, row.document))
  const isAlike = (remote: RemoteEntry): boolean =>
    contentKey(remote) === content && !isDismissed(dismissed, row, remote)
  const alike = others.filter((remote) => !copies.includes(remote) && isAlike(remote))
  const about = { document: row.document, journal: row.journal }
  const findings: Finding[] = []
  if (isKept(kept, row, mine)) {
    // A person has seen it, and it has not changed since.
  } else if (mine === undefined || !isThere(mine)) {
    const how = mine === undefined ? 'no longer there' : mine.status
    const detail = `${row.document} (id ${row.remoteId ?? ''}) is ${how} in the target. Sent: ${describeEntry(row.entry, names)}.`
    findings.push({ ...about, drift: 'deleted', detail, evidence: mine === undefined ? [] : [mine.raw] })
  } else {
    const differences = compareEntries(row.entry, mine, names)
    if (differences.length > 0) {
      const detail =
        `${row.document} (id ${mine.remoteId}) was changed in the target: ${differences.join('; ')}. ` +
        `Sent: ${describeEntry(row.entry, names)}. There: ${describeEntry(mine, names)}.`
      findings.push({ ...about, drift: 'edited', detail, evidence: [mine.raw] })
    }
  }
  if (copies.length > 0 || alike.length > 0) {
    const detail = duplicateText(row, copies, alike)
    findings.push({ ...about, drift: 'copied', detail, evidence: [...copies, ...alike].map(({ raw }) => raw) })
  }
  return findings
}

function duplicateText(
  { document, remoteId, target }: EntryRow,
  copies: readonly RemoteEntry[],
  alike: readonly RemoteEntry[],
): string {
  const ids = (entries: readonly RemoteEntry[]): string => entries.map((each) => each.remoteId).join(', ')
  const ours = `ours is id ${remoteId ?? ''}`
  const sure = `${document} is in the target more than once: ${ours}, to delete: id ${ids(copies)}.`
  const likely =
    `What looks like a copy of ${document} is in the target (${ours}): id ${ids(alike)}, of the same day and with the ` +
    `same lines. Delete it there if it is one; if it is not: tieout targets not-a-copy ${document} ${alike[0]?.remoteId ?? ''} --target ${target} --why WHY.`
  return [...(copies.length > 0 ? [sure] : []), ...(alike.length > 0 ? [likely] : [])].join(' ')
}

/** Our number, or a memo that starts with it: a copy made by hand often gets a number of its own. */
export function isAbout({ document, memo }: Pick<RemoteEntry, 'document' | 'memo'>, ours: string): boolean {
  return document === ours || memo === ours || memo.startsWith(`${ours} `)
}

/** What an entry may be under by our numbers: its own number, and what its memo starts with. */
export function documentsOf({ document, memo }: Pick<RemoteEntry, 'document' | 'memo'>): readonly string[] {
  return [document, memo.split(' ')[0] ?? '']
}

export interface EntryIndex {
  /** Its own entry, and whatever carries its number. */
  readonly about: (row: Pick<EntryRow, 'document' | 'remoteId'>) => readonly RemoteEntry[]
  /** The same, and whatever says the same of the books under any number: it may be a copy. */
  readonly suspects: (row: Pick<EntryRow, 'document' | 'remoteId' | 'entry'>) => readonly RemoteEntry[]
}

/** Finds the entries about a row without reading all of them for each; the same entry given twice counts once. */
export function indexEntries(remotes: readonly RemoteEntry[]): EntryIndex {
  const byId = new Map(remotes.map((remote) => [remote.remoteId, remote]))
  const byDocument = new Map<string, Map<string, RemoteEntry>>()
  for (const remote of byId.values()) {
    for (const document of new Set(documentsOf(remote))) {
      const found = byDocument.get(document) ?? new Map<string, RemoteEntry>()
      byDocument.set(document, found.set(remote.remoteId, remote))
    }
  }
  const about: EntryIndex['about'] = ({ document, remoteId }) => {
    const own = remoteId === null ? undefined : byId.get(remoteId)
    const others = [...(byDocument.get(document)?.values() ?? [])]
    return own === undefined ? others : [own, ...others.filter((each) => each.remoteId !== own.remoteId)]
  }
  const byContent = Map.groupBy(byId.values(), contentKey)
  return {
    about,
    suspects: (row) => [...new Set([...about(row), ...(byContent.get(contentKey(row.entry)) ?? [])])],
  }
}
