/**
 * Preparing and approving as two people do it. Preparing seals in a transaction that is thrown away and keeps the hash of
 * what came out; approving with `differentApprover` seals for good only what comes out the same, at the same head.
 */
import { hash } from 'node:crypto'
import type { Kysely, Transaction } from 'kysely'
import type { Tables } from '../db/tables.ts'
import {
  sealingOrder,
  type HeldJournal,
  type Hold,
  type HoldRule,
  type SealedJournal,
} from '../domain/journals/journal.ts'
import { formatMoney, type Units } from '../domain/money/money.ts'
import { approveJournals, type Approval, type Approved } from '../journals/approve.ts'
import { latestByOther, listPreparations, type Preparation } from '../journals/preparations.ts'
import { changesSince, type ChangesSince } from '../journals/changes-since.ts'
import { EVERY_DAY } from '../journals/drafts.ts'
import { journalLines, listJournals } from '../journals/read.ts'
import { lockHead } from '../journals/seal.ts'
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

/**
 * What a sealed journal is made of, to the byte. Its hash does not depend on who approves it and when, so not on the heads
 * in its memo either: preparing it moves the log.
 */
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
    targets.map(({ target, preview }) => [
      target,
      preview.ok ? preview.bodies.map(({ body }) => hash('sha256', body.replaceAll(journal.heads, ''), 'hex')) : null,
    ]),
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

export interface ApprovedPrepared extends Approved {
  /**
   * Some draft is not what was prepared, and `held` says which and why: nothing of the approval may stay. The caller
   * rolls the transaction back.
   */
  readonly hasChanged: boolean
}

/** Seals what somebody else prepared, as it was prepared: all of it, or nothing. */
export async function approvePrepared(
  trx: Transaction<Tables>,
  book: Book,
  fillings: readonly Filling[],
  approval: Approval,
): Promise<ApprovedPrepared> {
  // Two who approve at once do it one after the other, and the second sees what the first has sealed.
  await lockHead(trx, book)
  const preparations = await listPreparations(trx, book)
  const sealed = await lastSealed(trx, book)
  const standing = preparations.filter((each) => each.head > (sealed.get(draftKey(each))?.toSequence ?? 0n))
  const found = (draft: Draft): Preparation | undefined => latestByOther(standing, draft, approval.by)
  const rule: HoldRule = (draft) => {
    if (found(draft) !== undefined) return undefined
    const isOf = (each: Preparation): boolean => draftKey(each) === draftKey(draft)
    return notPrepared(
      draft,
      whyNot(preparations.some(isOf), standing.some(isOf), approval, sealed.get(draftKey(draft))),
    )
  }
  const done = await approveJournals(trx, book, { ...approval, rule, headOf: (draft) => found(draft)?.head })
  const changed: HeldJournal[] = []
  for (const journal of done.approved) {
    const preparation = found(journal)
    const { sha256 } = await contentOf(trx, book, fillings, journal)
    if (preparation === undefined || preparation.sha256 === sha256) continue
    const lines = await journalLines(trx, book, journal.id)
    const reason = await staleText(trx, book, preparation, approval)
    changed.push({ day: journal.day, currency: journal.currency, lines, cause: 'policy', unmapped: [], reason })
  }
  const held = [...changed, ...done.held, ...(await emptied(trx, book, approval, { standing, done }))]
  const isSame = changed.length === 0
  return { approved: isSame ? done.approved : [], held: held.toSorted(sealingOrder), hasChanged: !isSame }
}

/** What was prepared and is no draft any more: there is nothing to approve, and whoever wants to is told why. */
async function emptied(
  trx: Transaction<Tables>,
  book: Book,
  { from, through }: Approval,
  { standing, done }: { readonly standing: readonly Preparation[]; readonly done: Approved },
): Promise<readonly HeldJournal[]> {
  const left = new Set([...done.approved, ...done.held].map(draftKey))
  const latest = new Map(standing.map((each) => [draftKey(each), each]))
  const gone = [...latest.values()].filter(({ day }) => day >= from && day <= through)
  const held: HeldJournal[] = []
  for (const preparation of gone.filter((each) => !left.has(draftKey(each)))) {
    const { day, currency, by, head } = preparation
    const what = await changedText(trx, book, preparation)
    const reason = `Nothing is left of the ${currency} journal of ${day} that ${by} prepared at ledger ${head}, so there is nothing to approve. ${what}`
    held.push({ day, currency, lines: [], cause: 'policy', unmapped: [], reason })
  }
  return held
}

type Draft = Pick<Preparation, 'day' | 'currency'>

function draftKey({ day, currency }: Draft): string {
  return `${day} ${currency}`
}

/** The last journal that sealed a range of its own, by day and currency: what was prepared before it is spent. */
async function lastSealed(trx: Transaction<Tables>, book: Book): Promise<ReadonlyMap<string, SealedJournal>> {
  const own = (await listJournals(trx, book, EVERY_DAY)).filter(({ link }) => link === null)
  return new Map(own.map((journal) => [draftKey(journal), journal]))
}

function whyNot(isPrepared: boolean, isStanding: boolean, { by }: Approval, sealed: SealedJournal | undefined): string {
  if (isStanding) return `only ${by} has prepared it`
  if (!isPrepared || sealed === undefined) return 'nobody has prepared it yet'
  return `it holds what came after ${sealed.document} was approved, and nobody has prepared that yet`
}

function notPrepared({ day, currency }: Draft, why: string): Hold {
  const reason = `The ${currency} journal of ${day} is not approved: ${why}, and two people are required. Let somebody else run: tieout journals prepare --through ${day}`
  return { cause: 'policy', unmapped: [], reason }
}

/** What changed, by how much, and who has to do what. */
async function staleText(
  trx: Transaction<Tables>,
  book: Book,
  preparation: Preparation,
  { by }: Approval,
): Promise<string> {
  const { day, currency, by: preparer, head } = preparation
  return (
    `The ${currency} journal of ${day} is not what ${preparer} prepared at ledger ${head}: it has changed since. ` +
    `${await changedText(trx, book, preparation)} Nothing was approved. Somebody other than ${by} has to look at it ` +
    `again: tieout journals prepare --through ${day} --by NAME; then ${by} approves.`
  )
}

async function changedText(trx: Transaction<Tables>, book: Book, preparation: Preparation): Promise<string> {
  const changes = await changesSince(trx, book, preparation)
  if (changes !== null) return changesText(changes, preparation.currency)
  return 'Nothing was posted to that day since: what changed is its number, the mapping, the date it goes out at, a rate, or what earlier days carry over.'
}

/** Accounts a message names; a day can touch hundreds. */
const ACCOUNTS_NAMED = 6

function changesText({ transactions, first, last, accounts }: ChangesSince, currency: string): string {
  const range = first === last ? `ledger ${first}` : `ledger ${first} to ${last}`
  const came = `Since then ${transactions === 1 ? '1 transaction' : `${transactions} transactions`} came (${range})`
  if (accounts.length === 0) return `${came}, which take themselves back.`
  const signed = (amount: Units): string => `${amount > 0n ? '+' : ''}${formatMoney(amount)} ${currency}`
  const named = accounts.slice(0, ACCOUNTS_NAMED).map(({ account, amount }) => `${account} ${signed(amount)}`)
  const more = accounts.length - named.length
  return `${came}: ${named.join(', ')}${more > 0 ? ` and ${more} more accounts` : ''}.`
}
