/**
 * What waits and is not late, so that nobody has to do anything about it: money that statements should show, refunds that
 * panels have their days to pay, and journals that a person holds back. Only reads.
 */
import type { Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import type { Units } from '../domain/money/money.ts'
import { dueBy } from '../domain/payouts/window.ts'
import type { IsoDate } from '../domain/transaction.ts'
import { openItems, type OpenItem } from '../evidence/open-items.ts'
import { holdSentence, readHolds } from '../journals/holds.ts'
import { journalsById } from '../journals/read.ts'
import type { Book } from '../ledger/books.ts'
import { loadNights } from '../panels/store/wallet-nights.ts'
import { listExceptions } from '../reconcile/exceptions.ts'
import type { PlanContext } from './process/resolutions/effect.ts'

export interface ExpectedMoney {
  readonly item: OpenItem
  /** What is still open of it, as the money account will see it. */
  readonly open: Units
  readonly dueOn: IsoDate
}

export interface RefundOwed {
  readonly source: string
  readonly currency: string
  readonly amount: Units
}

export interface HeldJournal {
  /** A document, or the day of a draft. */
  readonly journal: string
  readonly why: string
}

export interface MerelyWaiting {
  /** The first to be due first. */
  readonly expected: readonly ExpectedMoney[]
  readonly refunds: readonly RefundOwed[]
  readonly held: readonly HeldJournal[]
}

export async function merelyWaiting(
  db: Kysely<Tables>,
  book: Book,
  context: PlanContext | null,
  today: IsoDate,
): Promise<MerelyWaiting> {
  return {
    expected: context === null ? [] : await expectedMoney(context, today),
    refunds: context === null ? [] : await refundsOwed(context),
    held: await heldByPeople(db, book),
  }
}

async function expectedMoney({ db, book, settings }: PlanContext, today: IsoDate): Promise<readonly ExpectedMoney[]> {
  const items = await openItems(db, book)
  return items
    .map((item) => {
      const source = settings.sources.find(({ name }) => name === item.source)
      const dueOn = item.kind === 'payout' ? dueBy(item.date, source?.payouts?.dueDays ?? 0) : item.lastDate
      return { item, open: item.amount - item.matched, dueOn }
    })
    .filter(({ dueOn }) => dueOn >= today)
    .toSorted((a, b) => (a.dueOn === b.dueOn ? Number(a.item.id - b.item.id) : a.dueOn < b.dueOn ? -1 : 1))
}

/** What is owed after a wallet's last look, less what is asked about already. */
async function refundsOwed({ db, book, settings, sourceIds }: PlanContext): Promise<readonly RefundOwed[]> {
  const missing = await listExceptions(db, book, { status: 'open', code: 'REFUND_MISSING' })
  const owed: RefundOwed[] = []
  for (const { name, kind, currency } of settings.sources) {
    const source = sourceIds.get(name)
    if (kind !== 'panel' || source === undefined) continue
    const last = (await loadNights(db, { book, source })).findLast(({ look }) => look !== null)
    const late = missing.find((each) => each.source === name)?.amount ?? 0n
    const amount = (last?.worked.owed ?? 0n) - late
    if (amount > 0n) owed.push({ source: name, currency, amount })
  }
  return owed
}

async function heldByPeople(db: Kysely<Tables>, book: Book): Promise<readonly HeldJournal[]> {
  const { days, journals } = await readHolds(db, book)
  const documents = await journalsById(db, book, [...journals.keys()])
  return [
    ...[...days].map(([day, hold]) => ({ journal: day, why: holdSentence(hold) })),
    ...documents.flatMap(({ id, document }) => {
      const hold = journals.get(id)
      return hold === undefined ? [] : [{ journal: document, why: holdSentence(hold) }]
    }),
  ]
}
