/**
 * The chain of a figure in both directions: down to the transactions that make it and the landed bytes that made them, up
 * to the journals that sealed them and what was sent where.
 */
import type { Kysely } from 'kysely'
import type { Tables } from '../../db/tables.ts'
import { InputError } from '../../domain/errors.ts'
import type { Book } from '../../ledger/books.ts'
import { evidenceAt, type TracedEvidence } from './evidence.ts'
import { journalNamed, journalsOf, type TracedJournal } from './journals.ts'
import type { Subject } from './subject.ts'
import { ofLanding, ofObject, ofRange, type Found, type TracedTransaction } from './transactions.ts'

export interface Trace {
  readonly subject: Subject
  readonly transactions: readonly TracedTransaction[]
  /** How many there are, shown or not. */
  readonly count: number
  readonly evidence: readonly TracedEvidence[]
  readonly journals: readonly TracedJournal[]
}

/** Throws InputError when there is nothing of that name. */
export async function trace(db: Kysely<Tables>, book: Book, subject: Subject, limit: number): Promise<Trace> {
  switch (subject.kind) {
    case 'sequence':
      return fromTransactions(db, book, subject, await sequence(db, book, subject.sequence))
    case 'object':
      return fromTransactions(db, book, subject, await objectOf(db, book, subject, limit))
    case 'journal':
      return fromJournal(db, book, subject, limit)
    case 'landing':
      return fromLanding(db, book, subject, limit)
  }
}

async function fromTransactions(db: Kysely<Tables>, book: Book, subject: Subject, found: Found): Promise<Trace> {
  const { transactions, count } = found
  const evidence = await evidenceAt(
    db,
    book,
    transactions.map((each) => each.evidence),
  )
  return { subject, transactions, count, evidence, journals: await journalsOf(db, book, transactions) }
}

async function sequence(db: Kysely<Tables>, book: Book, number: number): Promise<Found> {
  const found = await ofRange(db, book, { from: number, through: number }, 1)
  if (found.count > 0) return found
  const message = `Book "${book.name}" has no transaction ${number}.`
  throw new InputError('SEQUENCE_UNKNOWN', message, 'tieout ledger digest shows the last sequence.')
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
  return { subject, ...found, evidence, journals: [journal] }
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
  return { subject, ...found, evidence, journals: await journalsOf(db, book, found.transactions) }
}
