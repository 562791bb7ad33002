/**
 * What delivery to one target works with. Two clocks on purpose: history is written by the book's clock, which `--now`
 * sets; claims, keys and waiting go by the machine's, because that is the one the other side and other processes have.
 */
import type { Kysely } from 'kysely'
import type { JournalPolicy } from '../../config/target-model.ts'
import type { Tables } from '../../db/tables.ts'
import type { ExceptionCode } from '../../domain/exception.ts'
import type { SealedJournal } from '../../domain/journals/journal.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import type { Sleep } from '../../machine/machine.ts'
import type { Book } from '../../ledger/books.ts'
import type { AccountNames } from '../compare-entries.ts'
import type { JournalDocument } from '../document.ts'
import type { TargetEntry } from '../entry.ts'
import type { AccountingTarget, EntryBody } from '../port.ts'

/** A journal as entries of the target, in parts; or why it cannot go there, as a sentence. No entries: nothing to deliver. */
export type Built =
  | { readonly ok: true; readonly entries: readonly TargetEntry[] }
  | { readonly ok: false; readonly code: ExceptionCode; readonly reason: string }

export interface SealedDocument {
  readonly journal: SealedJournal
  readonly document: JournalDocument
}

/** Always the same entries for the same journal, mapping, company and `closedThrough` (the last closed day to avoid). */
export type BuildJournal = (db: Kysely<Tables>, sealed: SealedDocument, closedThrough: IsoDate | null) => Promise<Built>

/** The newest file that took a journal to the same books. */
export interface HandedFile {
  /** Which file, by whom and when. */
  readonly sentence: string
  readonly atMs: number
}

export type HandedOut = (db: Kysely<Tables>, journals: readonly bigint[]) => Promise<ReadonlyMap<bigint, HandedFile>>

/** What it takes to write rows: no connection to the target. */
export interface Filling {
  readonly book: Book
  /** The book's id that lasts: what carries another one is not ours. */
  readonly lastingId: string
  /** The target's name in its book. */
  readonly name: string
  /** The first accounting day that is delivered. */
  readonly from: IsoDate
  readonly build: BuildJournal
  readonly body: EntryBody
  /** Of these journals, those that must not go there because a file took them there. */
  readonly handedOut: HandedOut
  /** A person says that none of those files was imported. */
  readonly again: boolean
  /** As the target last said, for sentences. */
  readonly accountNames: AccountNames
  /** When the mapping in force was accepted, by the book's clock; 0 when nobody has. */
  readonly mappingSinceMs: number
}

export interface Work extends Filling {
  readonly kysely: Kysely<Tables>
  readonly target: AccountingTarget
  readonly closedPeriod: JournalPolicy['closedPeriod']
  /** This process, for claims: see db/holder.ts. */
  readonly holder: string
  readonly nowMs: () => number
  readonly wallMs: () => number
  readonly sleep: Sleep
  readonly signal: AbortSignal
  /** Says something a person should read now. */
  readonly say: (sentence: string) => void
}

export function outboxOf({ book, name }: Pick<Work, 'book' | 'name'>): {
  readonly book: bigint
  readonly target: string
} {
  return { book: book.id, target: name }
}
