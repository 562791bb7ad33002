/**
 * What is about to be sent, derived again: the journal from the postings of its range, the entry from the journal by the
 * mapping in force. Whoever writes to the database can put anything into the outbox, with every hash right; nothing leaves
 * that the ledger does not say. A difference stops the row, with what differs.
 */
import { hash } from 'node:crypto'
import { sql } from 'kysely'
import { canonicalJournal } from '../../domain/journals/journal.ts'
import type { RoundedLine } from '../../domain/journals/rounding.ts'
import { abs, formatExact, formatMoney, unitsPerMinor, type Units } from '../../domain/money/money.ts'
import { linesOfJournals } from '../../journals/read.ts'
import type { TargetEntry } from '../entry.ts'
import { lessSums, sumLines } from './account-sums.ts'
import type { OutboxRow } from './row.ts'
import { sealedDocuments } from './sealed-documents.ts'
import type { Built, SealedDocument, Work } from './work.ts'

/** Why these rows may not be sent, as sentences by document; nothing of those that follow from the books. */
export async function unfounded(work: Work, rows: readonly OutboxRow[]): Promise<ReadonlyMap<string, string>> {
  const ids = [...new Set(rows.map(({ journal }) => journal))]
  const journals = new Map<bigint, Derived>()
  const lines = await linesOfJournals(work.kysely, work.book, ids)
  const posted = await postedSums(work, ids)
  for (const sealed of await sealedDocuments(work.kysely, work.book, ids)) {
    const own = lines.get(sealed.journal.id) ?? []
    const differs = journalDiffers(work, sealed, own, posted.get(sealed.journal.id) ?? new Map())
    const built = await work.build(work.kysely, sealed, null)
    journals.set(sealed.journal.id, { sealed, lines: own, differs, built })
  }
  const found = new Map<string, string>()
  for (const row of rows) {
    const derived = journals.get(row.journal)
    const why =
      derived === undefined ? 'there is no such journal' : (derived.differs ?? entryDiffers(work, row, derived))
    if (why !== null) found.set(row.document, sentence(work, row, why))
  }
  return found
}

interface Derived {
  readonly sealed: SealedDocument
  readonly lines: readonly RoundedLine[]
  /** Null where the journal follows from the postings. */
  readonly differs: string | null
  /** By the mapping and rates in force. */
  readonly built: Built
}

function sentence({ name }: Work, { document }: OutboxRow, why: string): string {
  return (
    `${document} is not sent: it does not follow from the books. ${why.slice(0, 1).toUpperCase()}${why.slice(1)}. ` +
    `Find out who wrote to the database, and run tieout ledger verify. Once the books are right: tieout deliver --retry ${document} --target ${name}, which builds it anew.`
  )
}

/** By journal and account: what the postings of its range come to. */
async function postedSums(
  { kysely, book }: Work,
  ids: readonly bigint[],
): Promise<ReadonlyMap<bigint, ReadonlyMap<string, Units>>> {
  if (ids.length === 0) return new Map()
  const { rows } = await sql<{ readonly id: bigint; readonly account: string; readonly amount: Units }>`
    select journal.id, account.key as account, cast(sum(posting.amount) as bigint) as amount
    from journal
    join txn on txn.book = journal.book and txn.effective_date = journal.day and txn.currency = journal.currency
      and txn.seq between journal.from_seq and journal.to_seq
    join posting on posting.book = txn.book and posting.seq = txn.seq
    join account on account.book = posting.book and account.id = posting.account
    where journal.book = ${book.id} and journal.id in (${sql.join(ids)})
    group by journal.id, account.key`.execute(kysely)
  const sums = new Map<bigint, Map<string, Units>>()
  for (const { id, account, amount } of rows) {
    const of = sums.get(id) ?? new Map<string, Units>()
    sums.set(id, of.set(account, amount))
  }
  return sums
}

/** Null where the lines are the postings' sums, rounded within what the carried remainder allows. */
function journalDiffers(
  { book }: Work,
  { journal }: SealedDocument,
  lines: readonly RoundedLine[],
  posted: ReadonlyMap<string, Units>,
): string | null {
  const { document, currency } = journal
  if (hash('sha256', canonicalJournal(book.name, journal, lines)) !== journal.hash)
    return `the content of journal ${document} no longer matches its hash`
  const sign = journal.link?.kind === 'reversal' ? -1n : 1n
  const left = new Map(posted)
  for (const { account, exact, rounded } of lines) {
    const ledger = sign * (left.get(account) ?? 0n)
    left.delete(account)
    if (exact !== ledger)
      return `journal ${document} has ${formatExact(exact)} ${currency} on ${account}, the postings of its range have ${formatExact(ledger)}`
    if (abs(rounded - exact) >= 2n * unitsPerMinor(currency))
      return `journal ${document} has ${formatMoney(rounded)} ${currency} on ${account} for ${formatExact(exact)} in the ledger`
  }
  for (const [account, amount] of left)
    if (amount !== 0n)
      return `journal ${document} has nothing on ${account}, the postings of its range have ${formatExact(sign * amount)}`
  const sum = lines.reduce((total, { rounded }) => total + rounded, 0n)
  return sum === 0n ? null : `the lines of journal ${document} sum to ${formatMoney(sum)} ${currency}`
}

/**
 * Null where the bytes say the entry, and the entry is what the journal comes to. By another mapping than it was queued
 * under, its accounts may be others, rightly: it moves no more than the journal then.
 */
function entryDiffers(work: Work, row: OutboxRow, { sealed, lines, built }: Derived): string | null {
  if (work.body(row.entry) !== row.body) return 'its bytes are not those of its entry'
  const same = built.ok ? built.entries.find(({ document }) => document === row.document) : undefined
  const isMappedAnew = row.queuedAtMs < work.mappingSinceMs || !built.ok
  if (!isMappedAnew) return same === undefined ? 'the journal has no such part' : partDiffers(row.entry, same)
  if (row.entry.currency !== sealed.journal.currency) return null
  const [moved, most] = [
    debits(row.entry.lines.map(({ amount }) => amount)),
    debits(lines.map(({ rounded }) => rounded)),
  ]
  return moved > most
    ? `it moves ${formatMoney(moved)} ${row.entry.currency}, journal ${sealed.journal.document} ${formatMoney(most)}`
    : null
}

function partDiffers(sent: TargetEntry, built: TargetEntry): string | null {
  if (sent.currency !== built.currency) return `it is in ${sent.currency}, the journal makes ${built.currency} of it`
  if (sent.exchangeRate !== built.exchangeRate)
    return `its rate is ${sent.exchangeRate ?? 'none'}, the rates say ${built.exchangeRate ?? 'none'}`
  const differing = [...lessSums(sumLines([sent]), sumLines([built])).values()].find(({ amount }) => amount !== 0n)
  if (differing === undefined) return null
  const { account, amount, currency } = differing
  return `it has ${formatMoney(amount)} ${currency} too much on account ${account}`
}

function debits(amounts: readonly Units[]): Units {
  return amounts.reduce((sum, amount) => (amount > 0n ? sum + amount : sum), 0n)
}
