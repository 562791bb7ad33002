/**
 * Claims: one process works on a row at a time. Whoever died, or took longer than a claim lasts, leaves a row that may
 * have been sent; it becomes `unknown` and is looked up by the next one.
 */
import { isClaimed } from '../../db/holder.ts'
import type { Trouble } from '../port.ts'
import { moveRow } from './move.ts'
import { moveMany, type PlainMove } from './move-many.ts'
import { readEntries, type EntryRow, type OutboxRow } from './row.ts'
import { outboxOf, type Work } from './work.ts'

/** Rows left by others that cannot be at work on them any more. */
export async function takeOver(work: Work): Promise<readonly EntryRow[]> {
  const taken: EntryRow[] = []
  for (const row of await readEntries(work.kysely, outboxOf(work), { states: ['sending'] })) {
    if (row.holder !== null && isClaimed(row.holder, row.holderUntilMs ?? 0, work.wallMs())) continue
    const message = 'whoever was sending it has stopped before the answer was written down'
    const next = await moveRow(work, row, { to: 'unknown', message })
    if (next !== null) taken.push(next)
  }
  return taken
}

/** A row that is ours now, and what it was before: it goes back there when nothing was sent. */
export interface Claimed {
  readonly row: OutboxRow
  readonly before: 'queued' | 'unknown'
}

/** Those of the rows that no other process was quicker to claim. */
export async function claimRows(work: Work, rows: readonly OutboxRow[]): Promise<readonly Claimed[]> {
  const befores = new Map<string, Claimed['before']>()
  const due = rows.filter(({ document, state }) => {
    if (state === 'queued' || state === 'unknown') befores.set(document, state)
    return befores.has(document)
  })
  const claim = ({ state }: OutboxRow): PlainMove => ({
    to: 'sending',
    message: state === 'queued' ? 'taken up' : 'looking it up',
  })
  const claimed = await moveMany(
    work,
    outboxOf(work),
    due.map((row) => [row, claim(row)] as const),
  )
  return claimed.map((row) => ({ row, before: befores.get(row.document) ?? 'unknown' }))
}

/** Gives rows back as they were. Nothing was sent since they were claimed. */
export async function releaseRows(work: Work, claimed: readonly Claimed[], message: string): Promise<void> {
  await moveMany(
    work,
    outboxOf(work),
    claimed.map(({ row, before }) => [row, { to: before, message }] as const),
  )
}

/** Why rows were given back, in the words of the target. */
export function troubleText(trouble: Trouble): string {
  return trouble.kind === 'refused' ? `${trouble.code}: ${trouble.message}` : trouble.message
}
