/**
 * Taking a sealed journal back, and bringing it again. A reversal has the negated lines and the very range of the journal
 * it takes back; a replacement repeats a journal that was reversed, to be delivered anew by a corrected mapping. The
 * range of a reversed journal is never drafted again by itself.
 */
import type { Transaction } from 'kysely'
import type { Tables } from '../db/tables.ts'
import { InputError } from '../domain/errors.ts'
import { documentDate, documentNumber, type JournalLink, type SealedJournal } from '../domain/journals/journal.ts'
import type { RoundedLine } from '../domain/journals/rounding.ts'
import type { IsoDate } from '../domain/transaction.ts'
import { lastingIdOf } from '../ledger/book-identity.ts'
import type { Book } from '../ledger/books.ts'
import { addDays } from '../domain/time/dates.ts'
import { IN_FORCE, readAftermath, type Aftermath } from './links.ts'
import { findJournal, journalLines } from './read.ts'
import { headsNow } from './heads.ts'
import { lockHead, nextNumbers, sealJournal } from './seal.ts'

export interface Correction {
  /** The document of the journal to take back, or to bring again; letters may be small. */
  readonly document: string
  readonly why: string
  readonly by: string
  readonly atMs: number
  /** The date in the target; by default that of the journal, or the first open day. */
  readonly date?: IsoDate
  /** The accounting day it is now: nothing is dated after it. */
  readonly today?: IsoDate
  /** The last day that is closed in the target. */
  readonly closedThrough?: IsoDate
  /** See DOCUMENT_PREFIX; the book's own id when left out. */
  readonly documentPrefix?: string | undefined
}

/** Inside the caller's transaction. Throws InputError when the journal is unknown, reversed already, or a reversal. */
export async function reverseJournal(
  trx: Transaction<Tables>,
  book: Book,
  correction: Correction,
): Promise<SealedJournal> {
  const { subject, reversedBy, replacedBy } = await lockedSubject(trx, book, correction)
  if (subject.link?.kind === 'reversal') {
    const message = `${subject.document} is itself a reversal: it takes back ${subject.link.subjectDocument}.`
    const hint = `To bring that back: tieout journals replace ${subject.link.subjectDocument} --by NAME --why TEXT`
    throw new InputError('JOURNAL_IS_REVERSAL', message, hint)
  }
  if (reversedBy !== null) {
    const message = `${subject.document} was reversed already, by ${reversedBy}.`
    const hint = replacedBy === null ? 'Nothing is left to take back.' : `What is in force is ${replacedBy}.`
    throw new InputError('JOURNAL_REVERSED', message, hint)
  }
  const lines = await journalLines(trx, book, subject.id)
  const negated = lines.map(({ account, exact, rounded }) => ({ account, exact: -exact, rounded: -rounded }))
  return sealLinked(trx, book, { subject, kind: 'reversal', lines: negated, correction })
}

/** Inside the caller's transaction. Throws InputError when the journal is unknown, in force, or replaced already. */
export async function replaceJournal(
  trx: Transaction<Tables>,
  book: Book,
  correction: Correction,
): Promise<SealedJournal> {
  const { subject, reversedBy, replacedBy } = await lockedSubject(trx, book, correction)
  if (reversedBy === null) {
    const message = `${subject.document} is in force: only a reversed journal can be replaced.`
    const hint =
      subject.link?.kind === 'reversal'
        ? `To bring back what it took back: tieout journals replace ${subject.link.subjectDocument} --by NAME --why TEXT`
        : `To take it back first: tieout journals reverse ${subject.document} --by NAME --why TEXT`
    throw new InputError('JOURNAL_IN_FORCE', message, hint)
  }
  if (replacedBy !== null) {
    const message = `${subject.document} was replaced already, by ${replacedBy}.`
    throw new InputError(
      'JOURNAL_REPLACED',
      message,
      `To take that back: tieout journals reverse ${replacedBy} --by NAME --why TEXT`,
    )
  }
  const lines = await journalLines(trx, book, subject.id)
  return sealLinked(trx, book, { subject, kind: 'replacement', lines, correction })
}

/** Throws InputError for a date a person gave that no correction can have: each with the days that it can. */
function requireOpenDate({ subject, kind, correction }: Omit<Linked, 'lines'>): void {
  const { date, closedThrough, today } = correction
  if (date === undefined) return
  const { document, day, documentDate: dated } = subject
  const refuse = (why: string, hint: string): InputError => new InputError('JOURNAL_DATE', why, hint)
  // In the target nothing can be taken back before it was there; brought again it may have its own day.
  const [first, what] = kind === 'reversal' ? [dated, 'the date of'] : [day, 'the accounting day of']
  if (date < first) {
    const hint = 'Give that day or a later one with --date, or leave it out.'
    throw refuse(`${date} is before ${first}, ${what} ${document}.`, hint)
  }
  if (closedThrough !== undefined && date <= closedThrough) {
    const hint = `Give ${addDays(closedThrough, 1)} or a later day with --date, or leave it out; or open the period there, and run tieout deliver so that it is known.`
    throw refuse(
      `${date} is in a period that is closed: the books of the target are closed through ${closedThrough}.`,
      hint,
    )
  }
  if (today !== undefined && date > today) {
    const hint = `Give ${today} or an earlier day with --date, or leave it out.`
    throw refuse(`${date} is in the future: the accounting day is ${today}, and nothing of it has happened yet.`, hint)
  }
}

/** The journal to correct and what became of it. Nobody else corrects one before the transaction ends. */
async function lockedSubject(
  trx: Transaction<Tables>,
  book: Book,
  { document }: Correction,
): Promise<Aftermath & { readonly subject: SealedJournal }> {
  await lockHead(trx, book)
  const subject = await findJournal(trx, book, document)
  return { subject, ...((await readAftermath(trx, book)).get(subject.id) ?? IN_FORCE) }
}

interface Linked {
  readonly subject: SealedJournal
  readonly kind: JournalLink['kind']
  readonly lines: readonly RoundedLine[]
  readonly correction: Correction
}

async function sealLinked(
  trx: Transaction<Tables>,
  book: Book,
  { subject, kind, lines, correction }: Linked,
): Promise<SealedJournal> {
  const { day, currency, fromSequence, toSequence, document } = subject
  const { date, closedThrough, why, by, atMs, documentPrefix } = correction
  requireOpenDate({ subject, kind, correction })
  const numbers = await nextNumbers(trx, book, day)
  const link = {
    kind,
    subject: subject.id,
    subjectDocument: document,
    root: subject.link?.root ?? subject.id,
    why,
  }
  const header = {
    ...numbers,
    document: documentNumber(documentPrefix ?? (await lastingIdOf(trx, book.id)), day, numbers.number),
    day,
    documentDate: date ?? documentDate(subject.documentDate, closedThrough),
    currency,
    fromSequence,
    toSequence,
    approvedBy: by,
    approvedAtMs: atMs,
    heads: await headsNow(trx, book),
    link,
  }
  return sealJournal(trx, book, header, lines)
}
