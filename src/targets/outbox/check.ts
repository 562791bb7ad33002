/**
 * What a delivered row and the target's entries say about each other, as a pure function: equal, edited, gone, or there
 * more than once. The findings carry both versions, because whoever reads them has to choose one.
 */
import type { ExceptionCode } from '../../domain/exception.ts'
import { compareEntries, contentKey, describeEntry, isThere } from '../compare-entries.ts'
import type { RemoteEntry } from '../entry.ts'
import type { OutboxRow } from './row.ts'

export type DriftCode = Extract<ExceptionCode, 'TARGET_EDITED' | 'TARGET_DELETED' | 'TARGET_DUPLICATE'>
export const DRIFT_CODES: readonly DriftCode[] = ['TARGET_EDITED', 'TARGET_DELETED', 'TARGET_DUPLICATE']

export interface Finding {
  readonly document: string
  readonly journal: bigint
  readonly code: DriftCode
  readonly detail: string
  /** The target's own answers that show it; empty when what shows it is that there is none. */
  readonly evidence: readonly string[]
}

/** `remotes` are all entries that may be about the row; `known` are the ids of all our rows. Empty: it is true to what was sent. */
export function checkRow(
  row: OutboxRow,
  remotes: readonly RemoteEntry[],
  known: ReadonlySet<string>,
): readonly Finding[] {
  const mine = remotes.find(({ remoteId }) => remoteId === row.remoteId)
  const content = contentKey(row.entry)
  const others = remotes.filter((remote) => isThere(remote) && !known.has(remote.remoteId))
  const copies = others.filter((remote) => isAbout(remote, row.document))
  const alike = others.filter((remote) => !copies.includes(remote) && contentKey(remote) === content)
  const about = { document: row.document, journal: row.journal }
  const findings: Finding[] = []
  if (mine === undefined || !isThere(mine)) {
    const how = mine === undefined ? 'no longer there' : mine.status
    const detail = `${row.document} (id ${row.remoteId ?? ''}) is ${how} in the target. Sent: ${describeEntry(row.entry)}.`
    findings.push({ ...about, code: 'TARGET_DELETED', detail, evidence: mine === undefined ? [] : [mine.raw] })
  } else {
    const differences = compareEntries(row.entry, mine)
    if (differences.length > 0) {
      const detail =
        `${row.document} (id ${mine.remoteId}) was changed in the target: ${differences.join('; ')}. ` +
        `Sent: ${describeEntry(row.entry)}. There: ${describeEntry(mine)}.`
      findings.push({ ...about, code: 'TARGET_EDITED', detail, evidence: [mine.raw] })
    }
  }
  if (copies.length > 0 || alike.length > 0) {
    const detail = duplicateText(row, copies, alike)
    findings.push({ ...about, code: 'TARGET_DUPLICATE', detail, evidence: [...copies, ...alike].map(({ raw }) => raw) })
  }
  return findings
}

function duplicateText(
  { document, remoteId }: OutboxRow,
  copies: readonly RemoteEntry[],
  alike: readonly RemoteEntry[],
): string {
  const ids = (entries: readonly RemoteEntry[]): string => entries.map((each) => each.remoteId).join(', ')
  const ours = `ours is id ${remoteId ?? ''}`
  const sure = `${document} is in the target more than once: ${ours}, to delete: id ${ids(copies)}.`
  const likely =
    `What looks like a copy of ${document} is in the target (${ours}): id ${ids(alike)}, of the same day and with the ` +
    'same lines. Delete it there if it is one.'
  return [...(copies.length > 0 ? [sure] : []), ...(alike.length > 0 ? [likely] : [])].join(' ')
}

/** Our number, or a memo that starts with it: a copy made by hand often gets a number of its own. */
export function isAbout({ document, memo }: Pick<RemoteEntry, 'document' | 'memo'>, ours: string): boolean {
  return document === ours || memo === ours || memo.startsWith(`${ours} `)
}

export interface EntryIndex {
  /** Its own entry, and whatever carries its number. */
  readonly about: (row: Pick<OutboxRow, 'document' | 'remoteId'>) => readonly RemoteEntry[]
  /** The same, and whatever says the same of the books under any number: it may be a copy. */
  readonly suspects: (row: Pick<OutboxRow, 'document' | 'remoteId' | 'entry'>) => readonly RemoteEntry[]
}

/** Finds the entries about a row without reading all of them for each; the same entry given twice counts once. */
export function indexEntries(remotes: readonly RemoteEntry[]): EntryIndex {
  const byId = new Map(remotes.map((remote) => [remote.remoteId, remote]))
  const byDocument = new Map<string, Map<string, RemoteEntry>>()
  for (const remote of byId.values()) {
    for (const document of new Set([remote.document, remote.memo.split(' ')[0] ?? ''])) {
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
