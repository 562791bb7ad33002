/**
 * Moves sealed journals on: delivered when every target of the book has all their parts, verified when all of them were
 * read back. The status only goes on; what became of an entry since is in the outbox and in the exceptions.
 */
import type { Kysely } from 'kysely'
import type { Tables } from '../../db/tables.ts'
import type { JournalStatus } from '../../domain/journals/journal.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import type { Book } from '../../ledger/books.ts'

export interface DeliveredTo {
  readonly name: string
  readonly from: IsoDate
}

const JOURNALS_PER_UPDATE = 500

export async function advanceJournals(
  kysely: Kysely<Tables>,
  book: Book,
  targets: readonly DeliveredTo[],
): Promise<void> {
  const [first] = targets.map(({ from }) => from).toSorted()
  if (first === undefined) return
  const journals = await kysely
    .selectFrom('journal')
    .select(['id', 'day', 'status'])
    .where('book', '=', book.id)
    .where('status', '<>', 'verified')
    .where('day', '>=', first)
    .execute()
  const rows = await kysely
    .selectFrom('outbox as row')
    .innerJoin('journal', (join) => join.onRef('journal.book', '=', 'row.book').onRef('journal.id', '=', 'row.journal'))
    .where('row.book', '=', book.id)
    .where('journal.status', '<>', 'verified')
    .where('journal.day', '>=', first)
    .select(['row.journal', 'row.target', 'row.state'])
    .execute()
  const states = Map.groupBy(rows, ({ journal }) => journal)
  const moves: Record<'delivered' | 'verified', bigint[]> = { delivered: [], verified: [] }
  for (const { id, day, status } of journals) {
    const wanted = targets.filter(({ from }) => from <= day).map(({ name }) => name)
    const reached = reachedStatus(wanted, states.get(id) ?? [])
    if (status === 'approved' && reached !== 'approved') moves.delivered.push(id)
    if (reached === 'verified') moves.verified.push(id)
  }
  await setStatus(kysely, book, 'delivered', moves.delivered)
  await setStatus(kysely, book, 'verified', moves.verified)
}

/** All parts of a journal are queued in one transaction, so a target with a row has all of its rows. */
function reachedStatus(
  targets: readonly string[],
  rows: readonly { readonly target: string; readonly state: string }[],
): JournalStatus {
  if (targets.length === 0 || targets.some((name) => !rows.some(({ target }) => target === name))) return 'approved'
  const states = rows.filter(({ target }) => targets.includes(target)).map(({ state }) => state)
  if (states.every((state) => state === 'verified')) return 'verified'
  return states.every((state) => state === 'verified' || state === 'delivered') ? 'delivered' : 'approved'
}

async function setStatus(
  kysely: Kysely<Tables>,
  book: Book,
  status: 'delivered' | 'verified',
  ids: readonly bigint[],
): Promise<void> {
  const before: JournalStatus = status === 'delivered' ? 'approved' : 'delivered'
  for (let at = 0; at < ids.length; at += JOURNALS_PER_UPDATE) {
    await kysely
      .updateTable('journal')
      .set({ status })
      .where('book', '=', book.id)
      .where('status', '=', before)
      .where('id', 'in', ids.slice(at, at + JOURNALS_PER_UPDATE))
      .execute()
  }
}

export interface Standing {
  readonly target: string
  /** `there`: a part of it is in the target's books; `now`: a delivery works on it; `perhaps`: it was sent, and nobody knows yet. */
  readonly is: 'there' | 'now' | 'perhaps'
}

/** Targets that have a journal, or may have it: what is said of it from now on does not take it out of them. */
export async function standingOf(kysely: Kysely<Tables>, book: Book, journal: bigint): Promise<readonly Standing[]> {
  const rows = await kysely
    .selectFrom('outbox')
    .select(['target', 'state'])
    .where('book', '=', book.id)
    .where('journal', '=', journal)
    .where((eb) =>
      eb.or([
        eb('state', 'in', ['sending', 'unknown', 'delivered', 'verified']),
        // Looked up and not found, and it may still arrive.
        eb('sent_at_ms', 'is not', null),
      ]),
    )
    .orderBy('target')
    .orderBy('part')
    .execute()
  return [...Map.groupBy(rows, ({ target }) => target)].map(([target, parts]) => {
    const states = new Set(parts.map(({ state }) => state))
    if (states.has('sending')) return { target, is: 'now' }
    return { target, is: states.has('delivered') || states.has('verified') ? 'there' : 'perhaps' }
  })
}
