/**
 * Looks whether delivered entries are still what was delivered. Each night only what changed in the target since the last
 * look; now and then, or when asked, everything of the days that somebody may still touch.
 */
import { addDays } from '../../domain/time/dates.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import type { RemoteEntry } from '../entry.ts'
import type { EntryQuery } from '../port.ts'
import { checkRow, indexEntries, type EntryIndex, type Finding } from './check.ts'
import { createPatience, readNotes, writeNotes, type Patience, type Stop } from './pause.ts'
import { readRows, type OutboxRow } from './row.ts'
import { settleChecked, remoteIds, verifyDelivered, type Checked } from './verify.ts'
import { outboxOf, type Work } from './work.ts'

/** How far back everything is looked at. */
const DAYS_LOOKED_AT = 400
const ALL_EVERY_MS = 7 * 86_400_000
/** The target's clock and ours differ, and an entry is written a little before it can be listed. */
const OVERLAP_MS = 600_000
const FIRST_DAY = '1900-01-01'
const LAST_DAY = '2999-12-31'

export interface DriftOptions {
  /** Everything, although only what changed would be due. */
  readonly all: boolean
  /** The day it is, for how far back to look. */
  readonly today: IsoDate
  /** Documents with an open finding: looked at whatever changed, so that what was put right is seen. */
  readonly open: readonly string[]
}

export interface DriftReport extends Checked {
  readonly scope: 'changes' | 'all'
}

export async function checkDrift(work: Work, { all, today, open }: DriftOptions): Promise<DriftReport> {
  const notes = await readNotes(work.kysely, outboxOf(work))
  // By the clock of the book: in a rehearsal the target lives by the same one.
  const startedMs = work.nowMs()
  const isDue = notes.allSeenMs === null || startedMs - notes.allSeenMs >= ALL_EVERY_MS
  const scope = all || isDue || notes.changesSeenMs === null ? 'all' : 'changes'
  const patience = createPatience(work)
  const from = scope === 'all' ? addDays(today, -DAYS_LOOKED_AT) : FIRST_DAY
  const since = scope === 'all' ? {} : { changedSinceMs: (notes.changesSeenMs ?? 0) - OVERLAP_MS }
  const listed = await listPatiently(work, patience, { documentPrefix: '', from, to: LAST_DAY, ...since })
  if (!listed.ok) return { scope, verified: [], findings: [], checked: [], stopped: listed.stop }
  const entries = indexEntries(listed.value)
  const known = await remoteIds(work.kysely, work)
  const rows = (await readRows(work.kysely, outboxOf(work))).filter(({ remoteId }) => remoteId !== null)
  const due = rows.filter((row) => (scope === 'all' ? row.entry.date >= from : isSuspected(row, entries, known)))
  const isListed = (row: OutboxRow): boolean => entries.about(row).some(({ remoteId }) => remoteId === row.remoteId)
  // Not listed is not gone: a copy alone may have changed, or the date was moved out of the days asked for.
  const elsewhere = due.filter((row) => !isListed(row)).map(({ document }) => document)
  const here = await checkListed(work, due.filter(isListed), { entries, known })
  const done = new Set(here.checked)
  const documents = [...new Set([...elsewhere, ...open])].filter((document) => !done.has(document))
  const rest = await verifyDelivered(work, patience, { documents, listed: listed.value })
  if (rest.stopped === null) {
    const seen = scope === 'all' ? { changesSeenMs: startedMs, allSeenMs: startedMs } : { changesSeenMs: startedMs }
    await writeNotes(work.kysely, outboxOf(work), seen)
  }
  return {
    scope,
    verified: [...here.verified, ...rest.verified],
    findings: [...here.findings, ...rest.findings],
    checked: [...here.checked, ...rest.checked],
    stopped: rest.stopped,
  }
}

/** What changed is its own entry, something under its number, or something like it that is not one of ours. */
function isSuspected(row: OutboxRow, entries: EntryIndex, known: ReadonlySet<string>): boolean {
  return entries.about(row).length > 0 || entries.suspects(row).some(({ remoteId }) => !known.has(remoteId))
}

interface Listing {
  readonly entries: EntryIndex
  /** The ids of all our rows. */
  readonly known: ReadonlySet<string>
}

async function checkListed(work: Work, rows: readonly OutboxRow[], { entries, known }: Listing): Promise<Checked> {
  const verified: string[] = []
  const findings: Finding[] = []
  for (const row of rows) {
    const wrong = checkRow(row, entries.suspects(row), known)
    findings.push(...wrong)
    if (await settleChecked(work, row, wrong)) verified.push(row.document)
  }
  return { verified, findings, checked: rows.map(({ document }) => document), stopped: null }
}

export type Listed =
  { readonly ok: true; readonly value: readonly RemoteEntry[] } | { readonly ok: false; readonly stop: Stop }

/** Asks again where a short wait, or another try, is all it takes. */
export async function listPatiently(work: Work, patience: Patience, query: EntryQuery): Promise<Listed> {
  for (;;) {
    work.signal.throwIfAborted()
    const listed = await work.target.list(query)
    if (listed.kind === 'ok') {
      patience.answered()
      return { ok: true, value: listed.value }
    }
    const stop = await patience.meet(listed)
    if (stop !== null) return { ok: false, stop }
  }
}
