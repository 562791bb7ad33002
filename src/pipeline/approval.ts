/**
 * Preparing and approving as two people do it. Preparing seals in a transaction that is thrown away and keeps the hash of
 * what came out; approving with `differentApprover` seals for good only what comes out the same, at the same head.
 */
import { hash } from 'node:crypto'
import type { Kysely, Transaction } from 'kysely'
import type { Tables } from '../db/tables.ts'
import { InputError } from '../domain/errors.ts'
import type { Hold, HoldRule, SealedJournal } from '../domain/journals/journal.ts'
import { approveJournals, type Approval, type Approved } from '../journals/approve.ts'
import { latestByOther, listPreparations, type Preparation } from '../journals/preparations.ts'
import { journalLines } from '../journals/read.ts'
import type { Book } from '../ledger/books.ts'
import { sealedDocument } from '../targets/files/read-documents.ts'
import type { Filling } from '../targets/outbox/work.ts'
import { previewBodies, type Preview } from './delivery/preview.ts'

export interface JournalContent {
  readonly journal: SealedJournal
  readonly targets: readonly { readonly target: string; readonly preview: Preview }[]
  /** Over the lines, the date, and what every target is to be sent. */
  readonly sha256: string
}

/** What a sealed journal is made of, to the byte. Does not depend on who approves it and when. */
export async function contentOf(
  db: Kysely<Tables>,
  book: Book,
  fillings: readonly Filling[],
  journal: SealedJournal,
): Promise<JournalContent> {
  const lines = await journalLines(db, book, journal.id)
  const targets: { target: string; preview: Preview }[] = []
  for (const filling of fillings) {
    if (journal.day < filling.from) continue
    const sealed = { journal, document: sealedDocument(journal, lines) }
    targets.push({ target: filling.name, preview: await previewBodies(db, filling, sealed) })
  }
  const { day, documentDate, currency } = journal
  const text = JSON.stringify([
    'tieout-preparation-1',
    day,
    documentDate,
    currency,
    lines.map(({ account, exact, rounded }) => [account, String(exact), String(rounded)]),
    targets.map(({ target, preview }) => [target, preview.ok ? preview.bodies.map(({ sha256 }) => sha256) : null]),
  ])
  return { journal, targets, sha256: hash('sha256', text, 'hex') }
}

/** To be called in a transaction that is rolled back: nothing of it may stay. */
export async function rehearseApproval(
  trx: Transaction<Tables>,
  book: Book,
  fillings: readonly Filling[],
  approval: Approval,
): Promise<{ readonly contents: readonly JournalContent[]; readonly held: Approved['held'] }> {
  const { approved, held } = await approveJournals(trx, book, approval)
  const contents: JournalContent[] = []
  for (const journal of approved) contents.push(await contentOf(trx, book, fillings, journal))
  return { contents, held }
}

export function preparationOf({ journal, sha256 }: JournalContent, by: string, atMs: number): Preparation {
  return { day: journal.day, currency: journal.currency, head: journal.toSequence, sha256, by, atMs }
}

/** Seals what somebody else prepared, as it was prepared. Throws InputError when one of them has changed since. */
export async function approvePrepared(
  trx: Transaction<Tables>,
  book: Book,
  fillings: readonly Filling[],
  approval: Approval,
): Promise<Approved> {
  const preparations = await listPreparations(trx, book)
  const found = (draft: Pick<Preparation, 'day' | 'currency'>) => latestByOther(preparations, draft, approval.by)
  const rule: HoldRule = (draft) => {
    if (found(draft) !== undefined) return undefined
    const isPrepared = preparations.some(({ day, currency }) => day === draft.day && currency === draft.currency)
    return notPrepared(draft, isPrepared ? `only ${approval.by} has prepared it` : 'nobody has prepared it yet')
  }
  const done = await approveJournals(trx, book, { ...approval, rule, headOf: (draft) => found(draft)?.head })
  for (const journal of done.approved) {
    const { sha256 } = await contentOf(trx, book, fillings, journal)
    const preparation = found(journal)
    if (preparation?.sha256 === sha256) continue
    const message = `The ${journal.currency} journal of ${journal.day} is not what ${preparation?.by ?? 'anybody'} prepared: it has changed since. Nothing was approved.`
    throw new InputError(
      'PREPARATION_STALE',
      message,
      `Prepare it again: tieout journals prepare --through ${journal.day}`,
    )
  }
  return done
}

function notPrepared({ day, currency }: Pick<Preparation, 'day' | 'currency'>, why: string): Hold {
  const reason = `The ${currency} journal of ${day} is not approved: ${why}, and two people are required. Let somebody else run: tieout journals prepare --through ${day}`
  return { cause: 'policy', unmapped: [], reason }
}
