/**
 * Reads delivered entries back in bulk and compares them line by line: what is equal becomes `verified`, what is not
 * becomes a finding. Looking an entry up by its number misses one whose number or date was edited, so what is missing is
 * looked for once more among the entries of its days before it is called gone.
 */
import { addDays } from '../../domain/time/dates.ts'
import { isOfAnother } from '../book-mark.ts'
import type { RemoteEntry } from '../entry.ts'
import type { Answer } from '../port.ts'
import { checkRow, indexEntries, type EntryIndex, type Finding } from './check.ts'
import { dismissedCopies, isKept, keptEntries } from './words.ts'
import { moveRow } from './move.ts'
import { noteChecked } from './move-many.ts'
import { askPatiently, type Patience, type Stop } from './pause.ts'
import { readEntries, type EntryRow } from './row.ts'
import { entryKeys } from './send.ts'
import { knownEntries } from './suspects.ts'
import { outboxOf, type Work } from './work.ts'

const ROWS_PER_LOOK_UP = 100
/** How far from its day an entry is looked for whose date may have been edited. */
const DAYS_AROUND = 31

export interface Checked {
  readonly verified: readonly string[]
  readonly findings: readonly Finding[]
  /** Every row that was compared: an exception about it that is not among the findings is settled. */
  readonly checked: readonly string[]
  readonly stopped: Stop | null
}

export interface Again {
  /** Documents to check again, whatever their state. */
  readonly documents: readonly string[]
  /** Entries that are known already and may be about them: copies under other numbers. */
  readonly listed: readonly RemoteEntry[]
}

/** Checks delivered rows that were never read back, and some again. */
export async function verifyDelivered(work: Work, patience: Patience, again: Again): Promise<Checked> {
  const fresh = await readEntries(work.kysely, outboxOf(work), { states: ['delivered'] })
  const known = new Set(fresh.map(({ document }) => document))
  const documents = again.documents.filter((document) => !known.has(document))
  const repeated = await readEntries(work.kysely, outboxOf(work), { documents })
  const rows = [...fresh, ...repeated.filter(({ remoteId }) => remoteId !== null)]
  return readBack(work, patience, rows, again.listed)
}

/** Looks these rows up, a chunk at a time, and compares them. `listed`: see Again. */
export async function readBack(
  work: Work,
  patience: Patience,
  rows: readonly EntryRow[],
  listed: readonly RemoteEntry[],
): Promise<Checked> {
  const verified: string[] = []
  const findings: Finding[] = []
  const checked: string[] = []
  for (let at = 0; at < rows.length; at += ROWS_PER_LOOK_UP) {
    const chunk = rows.slice(at, at + ROWS_PER_LOOK_UP)
    const found = await askPatiently(work, patience, () => entriesOf(work, chunk))
    if (!found.ok) return { verified, findings, checked, stopped: found.stop }
    const done = await checkRows(work, chunk, indexEntries([...found.value, ...listed]))
    verified.push(...done.verified)
    findings.push(...done.findings)
    checked.push(...done.checked)
  }
  return { verified, findings, checked, stopped: null }
}

/** Compares rows with what is known of the target, and writes down that it was done. */
export async function checkRows(work: Work, rows: readonly EntryRow[], entries: EntryIndex): Promise<Checked> {
  const isOurs = (row: EntryRow, remote: RemoteEntry): boolean =>
    remote.remoteId === row.remoteId || !isOfAnother(remote, work.lastingId)
  const suspects = new Map(rows.map((row) => [row, entries.suspects(row).filter((each) => isOurs(row, each))]))
  const known = await knownEntries(work, [...suspects.values()].flat())
  const documents = rows.map(({ document }) => document)
  const dismissed = await dismissedCopies(work.kysely, outboxOf(work), documents)
  const kept = await keptEntries(work.kysely, outboxOf(work), documents)
  const verified: string[] = []
  const findings: Finding[] = []
  for (const [row, remotes] of suspects) {
    const wrong = checkRow(row, remotes, { known, dismissed, kept, names: work.accountNames })
    findings.push(...wrong)
    const mine = remotes.find(({ remoteId }) => remoteId === row.remoteId)
    if (row.state !== 'delivered' || isKept(kept, row, mine) || wrong.some(({ drift }) => drift !== 'copied')) continue
    const move = { to: 'verified', message: 'read back from the target, and equal' } as const
    if ((await moveRow(work, row, move)) !== null) verified.push(row.document)
  }
  await noteChecked(work.kysely, outboxOf(work), rows, work.nowMs())
  return { verified, findings, checked: documents, stopped: null }
}

/** Those that may be about these rows, by number and by day. */
export async function entriesOf(work: Work, rows: readonly EntryRow[]): Promise<Answer<readonly RemoteEntry[]>> {
  const found = await work.target.find(rows.flatMap(({ entry }) => entryKeys([entry], false)))
  if (found.kind !== 'ok') return found
  const seen = new Set(found.value.map(({ remoteId }) => remoteId))
  const missing = rows.filter(({ remoteId }) => remoteId !== null && !seen.has(remoteId))
  if (missing.length === 0) return found
  const dates = missing.map(({ entry }) => entry.date).toSorted()
  const first = dates[0]
  const last = dates.at(-1)
  if (first === undefined || last === undefined) return found
  const around = { from: addDays(first, -DAYS_AROUND), to: addDays(last, DAYS_AROUND) }
  const listed = await work.target.list({ documentPrefix: '', ...around })
  if (listed.kind !== 'ok') return listed
  return { kind: 'ok', value: [...found.value, ...listed.value.filter(({ remoteId }) => !seen.has(remoteId))] }
}
