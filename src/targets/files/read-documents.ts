/** Reads the journals an export shows: approved ones as they were sealed, drafts as they would be sealed now. */
import type { Kysely } from 'kysely'
import type { Tables } from '../../db/tables.ts'
import type { DraftJournal, SealedJournal } from '../../domain/journals/journal.ts'
import type { RoundedLine } from '../../domain/journals/rounding.ts'
import { draftJournals, unsealedDays, type DayRange } from '../../journals/drafts.ts'
import { linesOfJournals, listJournals } from '../../journals/read.ts'
import type { Book } from '../../ledger/books.ts'
import type { JournalDocument } from '../document.ts'

interface Documents {
  readonly approved: readonly JournalDocument[]
  /** Empty unless they are asked for. */
  readonly drafts: readonly JournalDocument[]
  /** Drafts in the range that are not in `drafts`. */
  readonly draftsWaiting: number
}

/** Drafts are only counted unless `includeDrafts`: rounding them reads what every journal before them delivered. */
export async function readDocuments(
  db: Kysely<Tables>,
  book: Book,
  range: DayRange,
  { includeDrafts }: { readonly includeDrafts: boolean },
): Promise<Documents> {
  const journals = await listJournals(db, book, range)
  const ids = journals.map(({ id }) => id)
  const lines = await linesOfJournals(db, book, ids)
  const approved = journals.map((journal) => sealedDocument(journal, lines.get(journal.id) ?? []))
  if (!includeDrafts) {
    return { approved, drafts: [], draftsWaiting: (await unsealedDays(db, book, range)).days.length }
  }
  const { ready } = await draftJournals(db, book, range)
  return { approved, drafts: ready.map(draftDocument), draftsWaiting: 0 }
}

/** A sealed journal as exports and deliveries show it. */
export function sealedDocument(journal: SealedJournal, lines: readonly RoundedLine[]): JournalDocument {
  const { document, day, documentDate, currency, status, fromSequence, toSequence, link } = journal
  const reverses = link?.kind === 'reversal' ? link.subjectDocument : null
  return { document, day, documentDate, currency, status, sequences: `${fromSequence}..${toSequence}`, reverses, lines }
}

/** A draft has no number yet; this one is unmistakable, and cannot collide, since a day and currency have one draft. */
function draftDocument({ day, currency, lines }: DraftJournal): JournalDocument {
  const document = `DRAFT-${day.replaceAll('-', '')}-${currency}`
  return { document, day, documentDate: day, currency, status: 'draft', sequences: '', lines }
}
