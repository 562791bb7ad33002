/**
 * Approval seals: it fixes a day's exact and rounded lines at the head of the ledger, gives the journal its number and
 * its hash, and never changes it again. What arrives later for the same day is that day's next journal. Nothing is
 * approved unless it is asked for by range, so a backfill waits for a person.
 */
import type { Transaction } from 'kysely'
import type { Tables } from '../db/tables.ts'
import type { AccountMapping } from '../domain/accounts.ts'
import {
  documentDate,
  documentNumber,
  roundDays,
  type DraftJournal,
  type HeldJournal,
  type HoldRule,
  type SealedJournal,
} from '../domain/journals/journal.ts'
import type { IsoDate } from '../domain/transaction.ts'
import { lastingIdOf } from '../ledger/book-identity.ts'
import type { Book } from '../ledger/books.ts'
import { holdRule, unsealedDays } from './drafts.ts'
import { headsNow } from './heads.ts'
import { lockHead, nextNumbers, sealJournal } from './seal.ts'
import { carriedTotals } from './totals.ts'

export interface Approval {
  readonly from: IsoDate
  /** The last accounting day to seal. */
  readonly through: IsoDate
  readonly by: string
  readonly atMs: number
  /** A journal with an account it does not map is held whole. */
  readonly mapping: AccountMapping
  /** The last day that is closed in the target: journals up to it are dated on the day after. */
  readonly closedThrough?: IsoDate
  /** What else may stand in the way: the limits of automatic approval. A person's holds are always respected. */
  readonly rule?: HoldRule
  /** The last sequence a journal covers, when it is not the ledger's head; the caller makes sure that nothing lies between. */
  readonly headOf?: (draft: Pick<DraftJournal, 'day' | 'currency'>) => bigint | undefined
  /** See DOCUMENT_PREFIX; the book's own id when left out. */
  readonly documentPrefix?: string | undefined
}

export interface Approved {
  readonly approved: readonly SealedJournal[]
  readonly held: readonly HeldJournal[]
}

/** What every journal of one approval shares. */
interface Sealing {
  readonly book: Book
  readonly prefix: string
  readonly head: bigint
  readonly heads: string
  readonly approval: Approval
}

/** Seals the unsealed days of the range in date order, inside the caller's transaction: all of them, or none. */
export async function approveJournals(trx: Transaction<Tables>, book: Book, approval: Approval): Promise<Approved> {
  await lockHead(trx, book)
  const { days, head } = await unsealedDays(trx, book, { from: approval.from, to: approval.through })
  if (days.length === 0) return { approved: [], held: [] }
  const rule = await holdRule(trx, book, approval)
  const { ready, held } = roundDays(await carriedTotals(trx, book), days, rule)
  if (ready.length === 0) return { approved: [], held }
  const prefix = approval.documentPrefix ?? (await lastingIdOf(trx, book.id))
  // Once: what an approval lands moves the log, and how much of it is sealed at once must not change what is sent.
  const sealing: Sealing = { book, prefix, head, heads: await headsNow(trx, book), approval }
  const approved: SealedJournal[] = []
  for (const draft of ready) approved.push(await seal(trx, sealing, draft))
  return { approved, held }
}

async function seal(
  trx: Transaction<Tables>,
  { book, prefix, head, heads, approval }: Sealing,
  draft: DraftJournal,
): Promise<SealedJournal> {
  const { day, currency, lines } = draft
  const numbers = await nextNumbers(trx, book, day)
  const header = {
    ...numbers,
    fromSequence: await nextSequence(trx, book, day, currency),
    document: documentNumber(prefix, day, numbers.number),
    day,
    documentDate: documentDate(day, approval.closedThrough),
    currency,
    toSequence: approval.headOf?.({ day, currency }) ?? head,
    approvedBy: approval.by,
    approvedAtMs: approval.atMs,
    heads,
    link: null,
  }
  return sealJournal(trx, book, header, lines)
}

/** The sequence after the last journal of the day and currency. */
async function nextSequence(trx: Transaction<Tables>, book: Book, day: IsoDate, currency: string): Promise<bigint> {
  const last = await trx
    .selectFrom('journal')
    .select((eb) => eb.fn.max('to_seq').as('max'))
    .where('book', '=', book.id)
    .where('day', '=', day)
    .where('currency', '=', currency)
    .executeTakeFirst()
  return (last?.max ?? 0n) + 1n
}
