/**
 * Looks whether delivered entries are still what was delivered. Each night only what changed in the target since the last
 * look; now and then, or when asked, everything of the days that somebody may still touch.
 */
import { addDays } from '../../domain/time/dates.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import { indexEntries, type EntryIndex } from './check.ts'
import { askPatiently, createPatience, readNotes, writeNotes } from './pause.ts'
import type { EntryRow } from './row.ts'
import { deliveredSince, suspectedRows } from './suspects.ts'
import { checkRows, verifyDelivered, type Checked } from './verify.ts'
import { outboxOf, type Work } from './work.ts'

/** How far back everything is looked at. */
const DAYS_LOOKED_AT = 400
const ALL_EVERY_MS = 7 * 86_400_000
/** The target's clock and ours differ, and an entry is written a little before it can be listed. */
const OVERLAP_MS = 600_000
const ROWS_PER_CHECK = 500
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
  const listed = await askPatiently(work, patience, () =>
    work.target.list({ documentPrefix: '', from, to: LAST_DAY, ...since }),
  )
  if (!listed.ok) return { scope, verified: [], findings: [], checked: [], stopped: listed.stop }
  const entries = indexEntries(listed.value)
  const due = scope === 'all' ? await deliveredSince(work, from) : await suspectedRows(work, listed.value, entries)
  const isListed = (row: EntryRow): boolean => entries.about(row).some(({ remoteId }) => remoteId === row.remoteId)
  // Not listed is not gone: a copy alone may have changed, or the date was moved out of the days asked for.
  const elsewhere = due.filter((row) => !isListed(row)).map(({ document }) => document)
  const here = await checkListed(work, due.filter(isListed), entries)
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

/** The same as reading back, of what is listed already. */
async function checkListed(work: Work, rows: readonly EntryRow[], entries: EntryIndex): Promise<Checked> {
  const parts: Checked[] = []
  for (let at = 0; at < rows.length; at += ROWS_PER_CHECK) {
    work.signal.throwIfAborted()
    parts.push(await checkRows(work, rows.slice(at, at + ROWS_PER_CHECK), entries))
  }
  return {
    verified: parts.flatMap(({ verified }) => verified),
    findings: parts.flatMap(({ findings }) => findings),
    checked: parts.flatMap(({ checked }) => checked),
    stopped: null,
  }
}
