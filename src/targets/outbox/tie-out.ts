/**
 * Proves per account of the target that three sums agree: what the sealed journals say, what was delivered, and what the
 * target's own entries hold. What is not delivered yet is named and explains its part of a difference; the rest is
 * unexplained, and that is a finding.
 */
import type { Units } from '../../domain/money/money.ts'
import { compareKeys } from '../../domain/journals/rounding.ts'
import { isThere } from '../compare-entries.ts'
import { isOfAnother, markOf } from '../book-mark.ts'
import type { RemoteEntry, TargetEntry } from '../entry.ts'
import { otherBooks, type OtherBook } from '../other-books.ts'
import { checkAnchors, type Anchors } from './anchors.ts'
import { amountOf, lessSums, sumLines, type AccountSums } from './account-sums.ts'
import { indexEntries, isAbout, isDismissed } from './check.ts'
import {
  bookWords,
  dismissedCopies,
  idsHere,
  isKept,
  keptEntries,
  type BookWord,
  type Dismissed,
  type Kept,
  type KeptEntry,
} from './words.ts'
import { movedByMapping } from './earlier-mapping.ts'
import { askPatiently, createPatience, type Stop } from './pause.ts'
import { readEntries, type EntryRow } from './row.ts'
import { journalsOfTarget, sealedDocuments } from './sealed-documents.ts'
import { siblingEntries } from './suspects.ts'
import { outboxOf, type Work } from './work.ts'

/** One account of the target in one currency. Debit positive. */
export interface TiedAccount {
  readonly account: string
  readonly currency: string
  /** The rounded lines of the sealed journals, in the accounts the mapping leads to today. */
  readonly ledger: Units
  /** What the payloads of delivered journals say. */
  readonly delivered: Units
  /** What the target's own entries of ours sum to, whatever their number is now, with everything that is a copy or looks like one. */
  readonly target: Units
  /** Target minus ledger. */
  readonly difference: Units
  /** What is sealed and not delivered, with its sign turned round, what an earlier mapping put elsewhere, and what a person lets stand. */
  readonly explained: Units
  readonly unexplained: Units
}

export interface Explanation {
  readonly document: string
  /** "queued", "held", "unbuilt: …": why it is not in the target. */
  readonly reason: string
}

export interface TieOut extends Anchors {
  readonly accounts: readonly TiedAccount[]
  readonly explanations: readonly Explanation[]
  /** Entries of the target that no delivered row accounts for, and rows whose entry is not as it was sent. */
  readonly strange: readonly string[]
  /** Nothing is unexplained, and no entry names other books than these. */
  readonly isTied: boolean
  /** Nothing is left to explain either: everything sealed is there, in the accounts of today. */
  readonly isComplete: boolean
  /** What is sealed and not there, where it can be built: how much, by currency. */
  readonly waiting: readonly Waiting[]
  /** How many sealed journals are not there and cannot be built yet. */
  readonly unbuilt: number
  /** Entries of tieout books that this database does not know, with what a person has said of them; none of it is ours. */
  readonly otherBooks: readonly SpokenOf[]
}

export interface SpokenOf extends OtherBook {
  /** Null: nobody has said whose they are. */
  readonly word: BookWord['action'] | null
}

export interface Waiting {
  readonly currency: string
  readonly debits: Units
  readonly entries: number
}

export type TieOutAnswer = { readonly ok: true; readonly tieOut: TieOut } | { readonly ok: false; readonly stop: Stop }

export const EARLIER_MAPPING =
  'there, in the accounts of the mapping it was delivered by: reverse and replace it to move it to those of today'

const NOT_QUEUED = 'not queued yet: the next tieout deliver takes it'

/** So many journals are in memory with their lines at once. */
const JOURNALS_PER_READ = 200
const FIRST_DAY = '1900-01-01'
const LAST_DAY = '2999-12-31'

export async function tieOut(work: Work): Promise<TieOutAnswer> {
  const rows = await readEntries(work.kysely, outboxOf(work))
  // Everything, not only our numbers: a copy may carry any number, and so may an entry of ours that somebody renamed.
  const query = { documentPrefix: '', from: FIRST_DAY, to: LAST_DAY }
  const listed =
    rows.length === 0
      ? ({ ok: true, value: [] } as const)
      : await askPatiently(work, createPatience(work), () => work.target.list(query))
  if (!listed.ok) return listed
  const wanted = await ledgerEntries(work, rows)
  const documents = rows.map(({ document }) => document)
  const dismissed = await dismissedCopies(work.kysely, outboxOf(work), documents)
  const kept = await keptEntries(work.kysely, outboxOf(work), documents)
  const others = await siblingEntries(work, listed.value)
  const delivered = new Set(rows.map(({ remoteId }) => remoteId))
  const candidates = listed.value.filter(
    (each) => delivered.has(each.remoteId) || !(others.has(each.remoteId) || isOfAnother(each, work.lastingId)),
  )
  const words = await bookWords(work.kysely, outboxOf(work))
  const takenOver = listed.value.filter(
    (each) => isThere(each) && each.date >= work.from && words.get(markOf(each) ?? '') === 'take-over',
  )
  const ours = [...new Set([...oursAmong(rows, candidates, dismissed), ...takenOver])]
  const anchors = await checkAnchors(work, listed.value, rows)
  const held = { ours, others, dismissed, anchors, kept: keptRows(rows, listed.value, kept) }
  const tieOut = compareAll(rows, held, wanted, work.mappingSinceMs)
  return { ok: true, tieOut: { ...tieOut, otherBooks: await spokenOf(work, listed.value, words) } }
}

/** What was taken over is ours, and no other book's. */
async function spokenOf(
  work: Work,
  listed: readonly RemoteEntry[],
  words: ReadonlyMap<string, BookWord['action']>,
): Promise<readonly SpokenOf[]> {
  const known = new Set([work.lastingId, ...(await idsHere(work.kysely))])
  const spoken = otherBooks(listed, known).map((each) => ({ ...each, word: words.get(each.lastingId) ?? null }))
  return spoken.filter(({ word }) => word !== 'take-over')
}

interface LedgerEntries {
  /** By journal. */
  readonly entries: ReadonlyMap<bigint, readonly TargetEntry[]>
  /** What has no row in the outbox, and why. */
  readonly absent: readonly Explanation[]
  /** How many journals of those cannot be built. */
  readonly unbuilt: number
}

/**
 * What every sealed journal would be in the target by the mapping of today. A journal that takes another back is the
 * opposite of what was sent for that one, and so is its row.
 */
async function ledgerEntries(work: Work, rows: readonly EntryRow[]): Promise<LedgerEntries> {
  const db = work.kysely
  const sent = Map.groupBy(rows, ({ journal }) => journal)
  const entries = new Map<bigint, readonly TargetEntry[]>()
  const absent: Explanation[] = []
  let unbuilt = 0
  const ids = await journalsOfTarget(db, work)
  for (let at = 0; at < ids.length; at += JOURNALS_PER_READ) {
    const page = ids.slice(at, at + JOURNALS_PER_READ)
    const files = await work.handedOut(
      db,
      page.filter((id) => !sent.has(id)),
    )
    for (const sealed of await sealedDocuments(db, work.book, page)) {
      const { id, document } = sealed.journal
      const built = await work.build(db, sealed, null)
      const ours = sent.get(id)
      if (ours !== undefined) {
        entries.set(id, built.ok ? built.entries : ours.map(({ entry }) => entry))
        continue
      }
      const elsewhere = files.get(id)
      if (elsewhere !== undefined) absent.push({ document, reason: `a file: ${elsewhere.sentence}` })
      if (built.ok) {
        entries.set(id, built.entries)
        if (elsewhere === undefined && built.entries.length > 0) absent.push({ document, reason: NOT_QUEUED })
      } else {
        unbuilt += 1
        absent.push({ document, reason: `${built.code}: ${built.reason}` })
      }
    }
  }
  return { entries, absent, unbuilt }
}

/** What stands in the target for these rows: their entries, and what is a copy, or looks like one and nobody says otherwise. */
function oursAmong(
  rows: readonly EntryRow[],
  remotes: readonly RemoteEntry[],
  dismissed: Dismissed,
): readonly RemoteEntry[] {
  const entries = indexEntries(remotes)
  const ours = rows.flatMap((row) =>
    entries.suspects(row).filter((each) => isAbout(each, row.document) || !isDismissed(dismissed, row, each)),
  )
  return [...new Set(ours)].filter(isThere)
}

/** What the target holds of ours, and the names of other books by the ids of what they delivered there. */
interface Held {
  readonly ours: readonly RemoteEntry[]
  readonly others: ReadonlyMap<string, string>
  readonly dismissed: Dismissed
  readonly anchors: Anchors
  readonly kept: readonly KeptRow[]
}

/** A delivered row whose entry a person lets stand as it is there. */
interface KeptRow {
  readonly row: EntryRow
  /** None when it is gone. */
  readonly there: RemoteEntry | null
  readonly word: KeptEntry
}

function keptRows(rows: readonly EntryRow[], listed: readonly RemoteEntry[], kept: Kept): readonly KeptRow[] {
  const byId = new Map(listed.map((each) => [each.remoteId, each]))
  return rows.flatMap((row) => {
    const word = kept.get(row.document)
    const mine = byId.get(row.remoteId ?? '')
    if (word === undefined || row.remoteId === null || !isKept(kept, row, mine)) return []
    return [{ row, there: mine !== undefined && isThere(mine) ? mine : null, word }]
  })
}

function compareAll(
  rows: readonly EntryRow[],
  { ours, others, dismissed, anchors, kept }: Held,
  wanted: LedgerEntries,
  mappingSinceMs: number,
): Omit<TieOut, 'otherBooks'> {
  const delivered = rows.filter(({ remoteId }) => remoteId !== null)
  const ids = new Set(delivered.map(({ remoteId }) => remoteId))
  const deliveredDocuments = new Set(delivered.map(({ document }) => document))
  const moved = movedByMapping(delivered, wanted.entries, mappingSinceMs)
  const waiting = [...wanted.entries].flatMap(([journal, built]) =>
    moved.journals.has(journal) ? [] : built.filter(({ document }) => !deliveredDocuments.has(document)),
  )
  const sums = {
    ledger: sumLines([...wanted.entries.values()].flat()),
    delivered: sumLines(delivered.map(({ entry }) => entry)),
    target: sumLines(ours),
    waiting: sumLines(waiting),
    moved: moved.sums,
    kept: lessSums(sumLines(kept.flatMap(({ there }) => there ?? [])), sumLines(kept.map(({ row }) => row.entry))),
  }
  const places = new Map(Object.values(sums).flatMap((each) => [...each]))
  const accounts = [...places]
    .toSorted(([a], [b]) => compareKeys(a, b))
    .map(([key, { account, currency }]): TiedAccount => {
      const of = (each: AccountSums): Units => amountOf(each, key)
      const difference = of(sums.target) - of(sums.ledger)
      const explained = of(sums.moved) - of(sums.waiting) + of(sums.kept)
      const unexplained = difference - explained
      return {
        account,
        currency,
        ledger: of(sums.ledger),
        delivered: of(sums.delivered),
        target: of(sums.target),
        difference,
        explained,
        unexplained,
      }
    })
  const explanations = [
    ...rows.filter(({ remoteId }) => remoteId === null).map(({ document, state }) => ({ document, reason: state })),
    ...wanted.absent,
    ...delivered
      .filter(({ journal }) => moved.journals.has(journal))
      .map(({ document }) => ({ document, reason: EARLIER_MAPPING })),
    ...kept.map(({ row: { document }, word }) => ({ document, reason: keptText(word) })),
  ]
  const asSent = delivered.filter((row) => !kept.some((each) => each.row === row))
  const strange = [
    ...strangers(ours, ids),
    ...missing(asSent, ours),
    ...renamed(asSent, ours),
    ...takenTwice(delivered, { others, dismissed }),
  ]
  const isTied =
    strange.length === 0 && anchors.misfits.length === 0 && accounts.every(({ unexplained }) => unexplained === 0n)
  const isComplete = isTied && explanations.length === 0 && accounts.every(({ difference }) => difference === 0n)
  const rest = { waiting: sumWaiting(waiting), unbuilt: wanted.unbuilt }
  return { accounts, explanations, strange, ...anchors, isTied, isComplete, ...rest }
}

function keptText({ by, atMs, why }: KeptEntry): string {
  return `kept as it is there, by ${by} on ${new Date(atMs).toISOString().slice(0, 10)}: ${why}`
}

function sumWaiting(entries: readonly TargetEntry[]): readonly Waiting[] {
  return [...Map.groupBy(entries, ({ currency }) => currency)].map(([currency, all]) => {
    const amounts = all.flatMap(({ lines }) => lines.map(({ amount }) => amount))
    const debits = amounts.reduce((sum, amount) => (amount > 0n ? sum + amount : sum), 0n)
    return { currency, debits, entries: all.length }
  })
}

function strangers(ours: readonly RemoteEntry[], ids: ReadonlySet<string | null>): readonly string[] {
  return ours
    .filter(({ remoteId }) => !ids.has(remoteId))
    .map(
      ({ document, remoteId }) => `The target holds ${document} as id ${remoteId}, which was not delivered from here.`,
    )
}

function missing(delivered: readonly EntryRow[], ours: readonly RemoteEntry[]): readonly string[] {
  const there = new Set(ours.map(({ remoteId }) => remoteId))
  return delivered
    .filter(({ remoteId }) => remoteId !== null && !there.has(remoteId))
    .map(
      ({ document, remoteId }) =>
        `${document} was delivered as id ${remoteId ?? ''} and is no longer in the target, or cannot be read there.`,
    )
}

function renamed(delivered: readonly EntryRow[], ours: readonly RemoteEntry[]): readonly string[] {
  const there = new Map(ours.map((entry) => [entry.remoteId, entry.document]))
  return delivered.flatMap(({ document, remoteId, entry }) => {
    const now = there.get(remoteId ?? '')
    if (now === undefined || now === entry.document) return []
    return [`${document} (id ${remoteId ?? ''}) was renamed in the target, where its number is ${now || 'none'} now.`]
  })
}

/**
 * One entry for the journals of two books: a version before the books' ids took the first book's for the second's. Once
 * somebody has entered the missing one there and said that it is no copy, nothing is missing.
 */
function takenTwice(
  delivered: readonly EntryRow[],
  { others, dismissed }: Pick<Held, 'others' | 'dismissed'>,
): readonly string[] {
  return delivered.flatMap(({ document, remoteId, target }) => {
    const book = others.get(remoteId ?? '')
    if (book === undefined || (dismissed.get(document)?.size ?? 0) > 0) return []
    return [
      `${document} is id ${remoteId ?? ''} in the target, which book ${book} takes for its own too: one entry for two journals, so one of them is missing. ` +
        `Enter it there by hand under another number, then, in both books: tieout targets not-a-copy ${document} ID --target ${target} --why WHY.`,
    ]
  })
}
