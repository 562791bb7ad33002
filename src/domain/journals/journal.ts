/**
 * Journals as values: what a draft, a hold and a sealed journal are, how their numbers and dates are made, and the
 * canonical text a sealed journal's hash is taken over. Sealing many days is one pure pass in date order, so preview
 * and approval cannot round differently.
 */
import { addDays } from '../time/dates.ts'
import { unmappedAccounts, type AccountMapping } from '../accounts.ts'
import { ConfigError } from '../errors.ts'
import { unitsPerMinor, type Units } from '../money/money.ts'
import { carryForward, compareKeys, roundJournal, type RoundedLine, type RunningTotal } from './rounding.ts'
import type { AccountKey, IsoDate } from '../transaction.ts'

export type JournalStatus = 'approved' | 'delivered' | 'verified'

/** What the ledger holds for one day and currency beyond what is sealed. */
export interface UnsealedDay {
  readonly day: IsoDate
  readonly currency: string
  readonly exact: ReadonlyMap<AccountKey, Units>
}

export interface DraftJournal {
  readonly day: IsoDate
  readonly currency: string
  readonly lines: readonly RoundedLine[]
}

/** What keeps a draft from being approved: an account without a place, a person, or the limits of automatic approval. */
export interface Hold {
  readonly cause: 'mapping' | 'person' | 'policy'
  /** A sentence, or several. */
  readonly reason: string
  /** Empty unless the mapping is the cause. */
  readonly unmapped: readonly AccountKey[]
}

/** A journal that cannot go anywhere yet, whole, and the sentence that says why. */
export interface HeldJournal extends DraftJournal, Hold {}

/** Whether anything stands in the way of a draft. */
export type HoldRule = (draft: DraftJournal) => Hold | undefined

/** How a journal belongs to another one, whose range it covers once more. */
export interface JournalLink {
  /** A reversal takes its subject back line by line; a replacement repeats a subject that was reversed. */
  readonly kind: 'reversal' | 'replacement'
  readonly subject: bigint
  readonly subjectDocument: string
  /** The journal that sealed the range first. */
  readonly root: bigint
  readonly why: string
}

/** What sealing fixes. Sequences are the ledger's; both ends are inside the range. */
export interface JournalHeader {
  /** 1, 2, 3 … per book, in the order of sealing: rounding follows it. */
  readonly id: bigint
  /** 1, 2, 3 … per book and day. */
  readonly number: number
  /** The natural key in the target: at most 21 characters, unique in the book. */
  readonly document: string
  readonly day: IsoDate
  /** The date in the target: the day, or the first open day when the target's books were closed. */
  readonly documentDate: IsoDate
  readonly currency: string
  readonly fromSequence: bigint
  readonly toSequence: bigint
  readonly approvedBy: string
  readonly approvedAtMs: number
  /** Where ledger and log stood just before: see journals/heads.ts. */
  readonly heads: string
  /** Null for a journal that seals a range of its own. */
  readonly link: JournalLink | null
}

export interface SealedJournal extends JournalHeader {
  readonly status: JournalStatus
  /** Lower-case hex SHA-256 over `canonicalJournal`. */
  readonly hash: string
}

/** Running totals per currency, then account. */
export type CarriedTotals = ReadonlyMap<string, ReadonlyMap<AccountKey, RunningTotal>>

export interface RoundedDays {
  readonly ready: readonly DraftJournal[]
  readonly held: readonly HeldJournal[]
}

/** Date order, then currency: the order in which days are sealed. */
export function sealingOrder(
  a: Pick<UnsealedDay, 'day' | 'currency'>,
  b: Pick<UnsealedDay, 'day' | 'currency'>,
): number {
  return compareKeys(a.day, b.day) || compareKeys(a.currency, b.currency)
}

/**
 * Rounds the days in sealing order on top of what is carried. What a rule holds is held whole, and the days after it are
 * rounded as if it did not exist, because it will be sealed after them. Without a rule nothing is held.
 */
export function roundDays(carried: CarriedTotals, days: readonly UnsealedDay[], holdOf?: HoldRule): RoundedDays {
  const totals = new Map(carried)
  const ready: DraftJournal[] = []
  const held: HeldJournal[] = []
  for (const { day, currency, exact } of days.toSorted(sealingOrder)) {
    const before = totals.get(currency) ?? new Map<AccountKey, RunningTotal>()
    const lines = roundJournal(unitsPerMinor(currency), before, exact)
    if (lines.length === 0) continue
    const draft = { day, currency, lines }
    const hold = holdOf?.(draft)
    if (hold === undefined) {
      totals.set(currency, carryForward(before, lines))
      ready.push(draft)
    } else held.push({ ...draft, ...hold })
  }
  return { ready, held }
}

/** Why a journal cannot go where the mapping leads, or undefined when every account is mapped. */
export function holdReason(journal: DraftJournal, mapping: AccountMapping): Hold | undefined {
  const keys = journal.lines.map((line) => line.account)
  const unmapped = unmappedAccounts(mapping, keys)
  if (unmapped.length === 0) return undefined
  const [subject, pronoun] = unmapped.length === 1 ? ['account', 'it'] : ['accounts', 'them']
  const reason =
    `The ${journal.currency} journal of ${journal.day} is held whole: ${mapping.file} does not map ` +
    `${subject} ${unmapped.join(', ')}. Add ${pronoun} to that file and approve again.`
  return { cause: 'mapping', unmapped, reason }
}

const MAX_DOCUMENT_LENGTH = 21

/** What may start a document number: the book's own id, or what the configuration states in its place. */
export const DOCUMENT_PREFIX = /^[A-Z0-9]{1,8}$/

/** "3F9A01BC-20261105-2". Unique in a book because (day, number) is. A prefix of eight leaves room for 999 journals a day. */
export function documentNumber(prefix: string, day: IsoDate, number: number): string {
  const document = `${prefix}-${day.replaceAll('-', '')}-${number}`
  if (document.length > MAX_DOCUMENT_LENGTH) {
    const message = `The document number ${document} is longer than ${MAX_DOCUMENT_LENGTH} characters.`
    throw new ConfigError('DOCUMENT_NUMBER_TOO_LONG', message, 'State a shorter documentPrefix for the book.')
  }
  return document
}

/** The day itself, or the first open day when `closedThrough` (the last closed day) has passed it. */
export function documentDate(day: IsoDate, closedThrough: IsoDate | undefined): IsoDate {
  if (closedThrough === undefined || day > closedThrough) return day
  return addDays(closedThrough, 1)
}

/**
 * The bytes a journal's hash covers: every field that sealing fixes, length-prefixed, lines in account order, under a
 * version. The second version adds what the journal takes back or repeats; a journal without a link keeps the first.
 */
export function canonicalJournal(bookName: string, header: JournalHeader, lines: readonly RoundedLine[]): string {
  const { link } = header
  const fields = [
    link === null ? 'tieout-journal-1' : 'tieout-journal-2',
    bookName,
    header.id,
    header.number,
    header.document,
    header.day,
    header.documentDate,
    header.currency,
    header.fromSequence,
    header.toSequence,
    header.approvedBy,
    header.approvedAtMs,
    header.heads,
    ...(link === null ? [] : [link.kind, link.subject, link.subjectDocument, link.root, link.why]),
    lines.length,
    ...lines.flatMap((line) => [line.account, line.exact, line.rounded]),
  ].map(String)
  return fields.map((field) => `${field.length}:${field}`).join('')
}
