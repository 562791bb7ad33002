/**
 * Everything about one exception: its history, the landed bytes it rests on, what is booked of its object so far, and
 * each way to resolve it with the transactions it would post. Those are planned by the code that posts them. Only reads.
 */
import type { Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import { ruleOf } from '../domain/exceptions/codes.ts'
import type { ResolutionName } from '../domain/exceptions/resolutions.ts'
import type { IsoDate, Posting } from '../domain/transaction.ts'
import type { Units } from '../domain/money/money.ts'
import { readBatch, type Landed } from '../log/landing.ts'
import { accountIds, sourceIds, type Book } from '../ledger/books.ts'
import { exceptionNumbered, type StoredException } from '../reconcile/exceptions.ts'
import { historyOf, type ExceptionEvent } from '../reconcile/exceptions/history.ts'
import { choicesOf, type Choice } from './reconcile/choices.ts'
import { fittingWords } from './reconcile/fitting-words.ts'
import { COUNTER_NAMES } from './process/counter.ts'
import { matchOf, reconciledMatch } from './trace/reconciled.ts'
import { planResolution, resolutionsOf } from './process/resolutions/plan.ts'
import type { PlanContext, PlanRequest, ResolutionPlan } from './process/resolutions/effect.ts'
import { planContext } from './plan-context.ts'

/** At most so many of an object's transactions. */
const SHOWN = 100

export interface PostedEntry {
  readonly sequence: number
  /** The document it was sealed into; null while it is in a draft. */
  readonly journal: string | null
  readonly date: IsoDate
  readonly kind: string
  readonly version: number
  readonly amount: Units
  readonly rule: string
  readonly memo: string
  readonly postings: readonly Posting[]
}

export interface ResolutionOffer {
  readonly as: ResolutionName
  readonly plan: ResolutionPlan
}

export interface ExceptionDossier {
  readonly exception: StoredException
  readonly history: readonly ExceptionEvent[]
  /** Null when the landing no longer holds it, which `ledger verify` tells as well. */
  readonly evidence: Landed | null
  readonly posted: readonly PostedEntry[]
  /** None once it is closed. */
  readonly offers: readonly ResolutionOffer[]
  /** What may be done with the line, item or match it is about. */
  readonly choices: readonly Choice[]
  /** What its subject may be answered with now; none once it is closed. */
  readonly words: readonly string[]
  /** Where it is decided instead, or as well. */
  readonly command: string | null
}

/** Null when the book has no exception of that number. */
export async function exceptionDossier(
  db: Kysely<Tables>,
  book: Book,
  number: number,
  nowMs: number,
): Promise<ExceptionDossier | null> {
  const exception = await exceptionNumbered(db, book.id, number)
  if (exception === null) return null
  const { batch, item } = exception.evidence
  const landed = (await readBatch(db, book.id, batch)).find((each) => each.item === item)
  const context = exception.status === 'open' ? await planContext(db, book) : null
  const rule = ruleOf(exception.code, exception.object)
  return {
    exception,
    history: await historyOf(db, book.id, number),
    evidence: landed ?? null,
    posted: await postedOf(db, book, exception),
    offers: context === null ? [] : await offersOf(context, exception, nowMs),
    choices: context === null ? [] : await choicesOf(context, exception, nowMs),
    words: context === null ? [] : await fittingWords(context, exception),
    command: rule.command,
  }
}

/** What a decision would book now, or null when there is no such open exception. Only reads. */
export async function plannedResolution(
  db: Kysely<Tables>,
  book: Book,
  number: number,
  word: Pick<PlanRequest, 'as' | 'amount' | 'reference' | 'date' | 'earned' | 'reading' | 'line'>,
  nowMs: number,
): Promise<ResolutionPlan | null> {
  const exception = await exceptionNumbered(db, book.id, number)
  const context = await planContext(db, book)
  if (exception?.status !== 'open' || context === null) return null
  return planResolution(context, { exception, ...word, ...unsaid(nowMs) })
}

/** Every way to resolve it, planned as of now; a plan may be a refusal. */
export async function offersOf(
  context: PlanContext,
  exception: StoredException,
  nowMs: number,
): Promise<readonly ResolutionOffer[]> {
  const offers: ResolutionOffer[] = []
  for (const as of resolutionsOf(context, exception))
    offers.push({ as, plan: await offered(context, exception, as, nowMs) })
  return offers
}

/** Planned as of now, with the name of a reference in its place. */
function offered(
  context: PlanContext,
  exception: StoredException,
  as: ResolutionName,
  nowMs: number,
): Promise<ResolutionPlan> {
  const reference = as === 'top-up' || as === 'bonus' ? 'REFERENCE' : null
  const word = { as, amount: null, reference, date: null, earned: null, reading: null, line: null }
  return planResolution(context, { exception, ...word, ...unsaid(nowMs) })
}

function unsaid(atMs: number): Pick<PlanRequest, 'evidence' | 'atMs' | 'memo' | 'said'> {
  return { evidence: { batch: 0, item: 0 }, atMs, memo: '', said: { by: '', why: '' } }
}

async function postedOf(
  db: Kysely<Tables>,
  book: Book,
  { source, object }: StoredException,
): Promise<readonly PostedEntry[]> {
  const id = (await sourceIds(db, book)).get(source)
  if (id === undefined) return []
  const objects = await postedObjects(db, book, object)
  const rows = await db
    .selectFrom('txn')
    .selectAll()
    .where('book', '=', book.id)
    .where('source', '=', id)
    .where('object', 'in', objects)
    .orderBy('seq', 'desc')
    .limit(SHOWN)
    .execute()
  const names = new Map([...(await accountIds(db, book))].map(([key, account]) => [account, key]))
  const postings = await postingsOf(
    db,
    book,
    rows.map(({ seq }) => seq),
  )
  const journals = await Promise.all(rows.map((row) => journalOf(db, book, row)))
  const entries = rows.map((row, index) => ({
    journal: journals[index] ?? null,
    sequence: Number(row.seq),
    date: row.effective_date,
    kind: row.kind,
    version: Number(row.version),
    amount: row.amount,
    rule: row.rule,
    memo: row.memo,
    postings: postings
      .filter(({ seq }) => seq === row.seq)
      .map(({ account, amount }) => ({ account: names.get(account) ?? String(account), amount })),
  }))
  return entries.toReversed()
}

/** What the ledger calls the thing an exception is about. */
async function postedObjects(db: Kysely<Tables>, book: Book, object: string): Promise<readonly string[]> {
  const match = matchOf(object)
  if (match !== null) return (await reconciledMatch(db, book, match)).objects.map((each) => each.object)
  if (object === 'counter') return Object.values(COUNTER_NAMES).map((each) => each.object)
  if (object === 'wallet' || object === 'refunds')
    return ['wallet', 'written-off:wallet', 'adjustment:wallet', 'denied:wallet']
  return [object]
}

interface PostedRow {
  readonly seq: bigint
  readonly currency: string
  readonly effective_date: IsoDate
}

/** The journal an entry has been sealed into; null while its day is a draft. */
async function journalOf(db: Kysely<Tables>, book: Book, row: PostedRow): Promise<string | null> {
  const sealed = await db
    .selectFrom('journal')
    .select('document')
    .where('book', '=', book.id)
    .where('day', '=', row.effective_date)
    .where('currency', '=', row.currency)
    .where('from_seq', '<=', row.seq)
    .where('to_seq', '>=', row.seq)
    .orderBy('id')
    .limit(1)
    .executeTakeFirst()
  return sealed?.document ?? null
}

async function postingsOf(db: Kysely<Tables>, book: Book, sequences: readonly bigint[]) {
  if (sequences.length === 0) return []
  return db
    .selectFrom('posting')
    .select(['seq', 'account', 'amount'])
    .where('book', '=', book.id)
    .where('seq', 'in', sequences)
    .orderBy('seq')
    .orderBy('line')
    .execute()
}
