/**
 * Reads delivered entries back in bulk and compares them line by line: what is equal becomes `verified`, what is not
 * becomes a finding. Looking an entry up by its number misses one whose number or date was edited, so what is missing is
 * looked for once more among the entries of its days before it is called gone.
 */
import type { Kysely } from 'kysely'
import type { Tables } from '../../db/tables.ts'
import { addDays } from '../../domain/time/dates.ts'
import type { RemoteEntry } from '../entry.ts'
import type { Answer } from '../port.ts'
import { checkRow, indexEntries, type Finding } from './check.ts'
import { moveRow, noteChecked } from './move.ts'
import type { Patience, Stop } from './pause.ts'
import { readRows, type OutboxRow } from './row.ts'
import { entryKeys } from './send.ts'
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
  const fresh = await readRows(work.kysely, outboxOf(work), { states: ['delivered'] })
  const known = new Set(fresh.map(({ document }) => document))
  const repeated = await readDocuments(
    work,
    again.documents.filter((document) => !known.has(document)),
  )
  const rows = [...fresh, ...repeated.filter(({ remoteId }) => remoteId !== null)]
  const ids = await remoteIds(work.kysely, work)
  const verified: string[] = []
  const findings: Finding[] = []
  const checked: string[] = []
  for (let at = 0; at < rows.length; at += ROWS_PER_LOOK_UP) {
    work.signal.throwIfAborted()
    const chunk = rows.slice(at, at + ROWS_PER_LOOK_UP)
    const found = await findAll(work, chunk)
    if (found.kind !== 'ok') {
      const stopped = await patience.meet(found)
      if (stopped !== null) return { verified, findings, checked, stopped }
      continue
    }
    patience.answered()
    const entries = indexEntries([...found.value, ...again.listed])
    for (const row of chunk) {
      const wrong = checkRow(row, entries.suspects(row), ids)
      findings.push(...wrong)
      checked.push(row.document)
      if (await settleChecked(work, row, wrong)) verified.push(row.document)
    }
  }
  return { verified, findings, checked, stopped: null }
}

async function readDocuments(work: Work, documents: readonly string[]): Promise<readonly OutboxRow[]> {
  const rows: OutboxRow[] = []
  for (let at = 0; at < documents.length; at += ROWS_PER_LOOK_UP) {
    const some = documents.slice(at, at + ROWS_PER_LOOK_UP)
    rows.push(...(await readRows(work.kysely, outboxOf(work), { documents: some })))
  }
  return rows
}

/** Writes down that a row was compared; true when that made it `verified`. */
export async function settleChecked(work: Work, row: OutboxRow, findings: readonly Finding[]): Promise<boolean> {
  await noteChecked(work.kysely, row, work.nowMs())
  if (row.state !== 'delivered' || findings.some(({ code }) => code !== 'TARGET_DUPLICATE')) return false
  return (await moveRow(work, row, { to: 'verified', message: 'read back from the target, and equal' })) !== null
}

async function findAll(work: Work, rows: readonly OutboxRow[]): Promise<Answer<readonly RemoteEntry[]>> {
  const found = await work.target.find(rows.flatMap(({ entry }) => entryKeys([entry])))
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

/** The target's ids of everything we delivered: none of them is a copy. */
export async function remoteIds(db: Kysely<Tables>, work: Pick<Work, 'book' | 'name'>): Promise<ReadonlySet<string>> {
  const { book, target } = outboxOf(work)
  const rows = await db
    .selectFrom('outbox')
    .select('remote_id')
    .where('book', '=', book)
    .where('target', '=', target)
    .where('remote_id', 'is not', null)
    .execute()
  return new Set(rows.flatMap(({ remote_id }) => remote_id ?? []))
}
