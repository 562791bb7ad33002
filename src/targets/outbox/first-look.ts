/**
 * Before a delivery sends what is earlier than everything it ever delivered, it looks whether books that this database does
 * not know have entries in the company from that day on. A database that was lost and made anew would else deliver all of
 * it a second time, under another id. Nothing is kept of the look: who dies after it looks again.
 */
import type { IsoDate } from '../../domain/transaction.ts'
import { otherBooks, undecidedText, type OtherBook } from '../other-books.ts'
import type { RemoteEntry } from '../entry.ts'
import { bookWords, idsHere } from './words.ts'
import { askPatiently, type Patience, type Patiently, type Stop } from './pause.ts'
import { outboxOf, type Work } from './work.ts'

const LAST_DAY = '2999-12-31'

/** Null: go on. */
export async function lookForOtherBooks(work: Work, patience: Patience): Promise<Stop | null> {
  const from = await firstDayToSend(work)
  if (from === null || (await hasDelivered(work, from))) return null
  const listed = await listFrom(work, patience, from)
  if (!listed.ok) return listed.stop
  const others = await undecidedBooks(work, listed.value)
  if (others.length === 0) return null
  return { kind: 'other-books', message: undecidedText(others, work.name), untilMs: null }
}

/** Every entry of the company from this day on: what is dated anew because the books are closed is later, never earlier. */
export function listFrom(work: Work, patience: Patience, from: IsoDate): Promise<Patiently<readonly RemoteEntry[]>> {
  return askPatiently(work, patience, () => work.target.list({ documentPrefix: '', from, to: LAST_DAY }))
}

/** Of the books with entries there, those that are not of this database and that nobody has spoken of. */
async function undecidedBooks(work: Work, listed: readonly RemoteEntry[]): Promise<readonly OtherBook[]> {
  const words = await bookWords(work.kysely, outboxOf(work))
  return otherBooks(listed, new Set([work.lastingId, ...(await idsHere(work.kysely)), ...words.keys()]))
}

/** The first accounting day of what waits to be sent, or is being sent; null when nothing does. */
export async function firstDayToSend(work: Work): Promise<IsoDate | null> {
  const row = await daysOf(work)
    .where('row.state', 'in', ['queued', 'held', 'unknown', 'sending'])
    .select((eb) => eb.fn.min('journal.day').as('day'))
    .executeTakeFirst()
  return row?.day ?? null
}

/** Whether something of this day or an earlier one was delivered: the look came before that. */
async function hasDelivered(work: Work, day: IsoDate): Promise<boolean> {
  const row = await daysOf(work)
    .where('row.remote_id', 'is not', null)
    .where('journal.day', '<=', day)
    .select('row.document')
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

function daysOf(work: Work) {
  const { book, target } = outboxOf(work)
  return work.kysely
    .selectFrom('outbox as row')
    .innerJoin('journal', (join) => join.onRef('journal.book', '=', 'row.book').onRef('journal.id', '=', 'row.journal'))
    .where('row.book', '=', book)
    .where('row.target', '=', target)
}
