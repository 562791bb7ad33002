/**
 * The chain of a figure in both directions: down to the transactions that make it and the landed bytes that made them, up
 * to the journals that sealed them and what was sent where.
 */
import type { Kysely } from 'kysely'
import type { Tables } from '../../db/tables.ts'
import { InputError } from '../../domain/errors.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import { accountIds, type Book } from '../../ledger/books.ts'
import { sequenceKnownAt } from '../../ledger/sequences.ts'
import { findWindow } from '../report/window.ts'
import { evidenceAt, type TracedEvidence } from './evidence.ts'
import { journalNamed, journalsOf, type TracedJournal } from './journals.ts'
import {
  matchOf,
  reconciledException,
  reconciledItem,
  reconciledLine,
  reconciledMatch,
  type Reconciled,
} from './reconciled.ts'
import type { Subject } from './subject.ts'
import { ofLanding, ofObject, ofRange, type Found, type TracedTransaction } from './transactions.ts'

export interface Trace {
  readonly subject: Subject
  /** Sentences: what a line, match or exception is and hangs together with. Empty for the others. */
  readonly about: readonly string[]
  readonly transactions: readonly TracedTransaction[]
  /** How many there are, shown or not. */
  readonly count: number
  readonly evidence: readonly TracedEvidence[]
  readonly journals: readonly TracedJournal[]
}

export interface TraceOptions {
  /** How many transactions are shown. */
  readonly limit: number
  /** Of an account: only what this night moved; everything when it is null. */
  readonly night: IsoDate | null
  /** Of an account: what was known at this instant; the end of the night, or everything, when left out. */
  readonly knownAtMs?: number | null
}

/** Throws InputError when there is nothing of that name. */
export async function trace(db: Kysely<Tables>, book: Book, subject: Subject, options: TraceOptions): Promise<Trace> {
  const { limit } = options
  switch (subject.kind) {
    case 'account':
      return fromAccount(db, book, subject, options)
    case 'line':
      return fromReconciled(db, book, subject, await reconciledLine(db, book, subject.id), limit)
    case 'match':
      return fromReconciled(db, book, subject, await reconciledMatch(db, book, subject.id), limit)
    case 'item':
      return fromReconciled(db, book, subject, await reconciledItem(db, book, subject.id), limit)
    case 'exception':
      return fromReconciled(db, book, subject, await reconciledException(db, book, subject.id), limit)
    case 'sequence':
      return fromTransactions(db, book, subject, await sequence(db, book, subject.sequence))
    case 'range':
      return fromTransactions(db, book, subject, await range(db, book, subject, limit))
    case 'object':
      return fromObject(db, book, subject, limit)
    case 'journal':
      return fromJournal(db, book, subject, limit)
    case 'landing':
      return fromLanding(db, book, subject, limit)
  }
}

async function fromTransactions(
  db: Kysely<Tables>,
  book: Book,
  subject: Subject,
  { transactions, count }: Found,
  { about = [], places = [] }: Partial<Reconciled> = {},
): Promise<Trace> {
  const evidence = await evidenceAt(db, book, [...transactions.map((each) => each.evidence), ...places])
  return { subject, about, transactions, count, evidence, journals: await journalsOf(db, book, transactions) }
}

async function fromReconciled(
  db: Kysely<Tables>,
  book: Book,
  subject: Subject,
  reconciled: Reconciled,
  limit: number,
): Promise<Trace> {
  const transactions: TracedTransaction[] = []
  let count = 0
  for (const { source, object } of reconciled.objects) {
    const found = await ofObject(db, book, source, object, limit - transactions.length)
    transactions.push(...found.transactions)
    count += found.count
  }
  return fromTransactions(db, book, subject, { transactions, count }, reconciled)
}

async function fromAccount(
  db: Kysely<Tables>,
  book: Book,
  subject: Extract<Subject, { kind: 'account' }>,
  { limit, night, knownAtMs = null }: TraceOptions,
): Promise<Trace> {
  const { account } = subject
  const ids = await accountIds(db, book)
  if (!ids.has(account)) {
    const message = `Nothing is posted to an account "${account}" in book "${book.name}".`
    throw new InputError('ACCOUNT_UNKNOWN', message, 'tieout ledger balances shows every account, as 1310:netpanel.')
  }
  const window = night === null ? null : await findWindow(db, book, { night, knownAtMs })
  const from = (window?.before.sequence ?? 0) + 1
  const known = knownAtMs === null ? Number.MAX_SAFE_INTEGER : await sequenceKnownAt(db, book, knownAtMs)
  const through = window?.known.sequence ?? known
  return fromTransactions(db, book, subject, await ofRange(db, book, { from, through, account }, limit))
}

async function sequence(db: Kysely<Tables>, book: Book, number: number): Promise<Found> {
  const found = await ofRange(db, book, { from: number, through: number }, 1)
  if (found.count > 0) return found
  const message = `Book "${book.name}" has no transaction ${number}.`
  throw new InputError('SEQUENCE_UNKNOWN', message, 'tieout ledger digest shows the last sequence.')
}

async function range(
  db: Kysely<Tables>,
  book: Book,
  { from, through }: Extract<Subject, { kind: 'range' }>,
  limit: number,
): Promise<Found> {
  const found = await ofRange(db, book, { from, through }, limit)
  if (found.count > 0) return found
  const message = `Book "${book.name}" has no transactions ${from} to ${through}.`
  throw new InputError('SEQUENCE_UNKNOWN', message, 'tieout ledger digest shows the last sequence.')
}

/** A line of a money account, as transactions name it, is the line with its matches and who decided them. */
async function fromObject(
  db: Kysely<Tables>,
  book: Book,
  subject: Extract<Subject, { kind: 'object' }>,
  limit: number,
): Promise<Trace> {
  const line = /^line:(\d{1,15})$/.exec(subject.object)?.[1]
  const match = matchOf(subject.object)
  const reconciled =
    match !== null
      ? await reconciledMatch(db, book, match)
      : line === undefined
        ? null
        : await reconciledLine(db, book, Number(line))
  if (reconciled?.objects.some(({ source }) => source === subject.source) === true) {
    return fromReconciled(db, book, subject, reconciled, limit)
  }
  return fromTransactions(db, book, subject, await objectOf(db, book, subject, limit))
}

async function objectOf(
  db: Kysely<Tables>,
  book: Book,
  { source, object }: Extract<Subject, { kind: 'object' }>,
  limit: number,
): Promise<Found> {
  const found = await ofObject(db, book, source, object, limit)
  if (found.count > 0) return found
  const message = `The books hold nothing for "${object}" of ${source}.`
  const hint =
    'An order that cost nothing, or was never answered, has no transactions: tieout orders show tells its state.'
  throw new InputError('OBJECT_UNBOOKED', message, hint)
}

async function fromJournal(
  db: Kysely<Tables>,
  book: Book,
  subject: Extract<Subject, { kind: 'journal' }>,
  limit: number,
): Promise<Trace> {
  const journal = await journalNamed(db, book, subject.document)
  if (journal === null) {
    const message = `Book "${book.name}" has no journal "${subject.document}".`
    throw new InputError('JOURNAL_UNKNOWN', message, 'tieout journals list shows them.')
  }
  const { from, through, currency, day } = journal
  const account = subject.account === null ? {} : { account: subject.account }
  const found = await ofRange(db, book, { from, through, currency, day, ...account }, limit)
  const evidence = await evidenceAt(
    db,
    book,
    found.transactions.map((each) => each.evidence),
  )
  return { subject, about: [], ...found, evidence, journals: [journal] }
}

async function fromLanding(
  db: Kysely<Tables>,
  book: Book,
  subject: Extract<Subject, { kind: 'landing' }>,
  limit: number,
): Promise<Trace> {
  const { place } = subject
  const evidence = await evidenceAt(db, book, [place])
  const [landed] = evidence
  if (landed === undefined) {
    const message = `Nothing was landed at ${place.batch}.${place.item}.`
    throw new InputError('LANDING_MISSING', message, 'Exceptions, transactions and runs name the places there are.')
  }
  const found = await ofLanding(db, book, place, landed.fetchedAtMs, limit)
  return { subject, about: [], ...found, evidence, journals: await journalsOf(db, book, found.transactions) }
}
