/**
 * What is sent is derived again just before it goes: the journal from the postings of its range, the entry from the
 * journal by the mapping and rates in force, the bytes from the entry. Whoever can write to the database can put anything
 * into the outbox; nothing leaves that the ledger does not say.
 */
import { hash } from 'node:crypto'
import { sql } from 'kysely'
import type { IsoDate } from '../../domain/transaction.ts'
import { canonicalJournal } from '../../domain/journals/journal.ts'
import type { RoundedLine } from '../../domain/journals/rounding.ts'
import { abs, formatExact, formatMoney, unitsPerMinor, type Units } from '../../domain/money/money.ts'
import { linesOfJournals } from '../../journals/read.ts'
import type { NewPayload } from './move.ts'
import type { OutboxRow } from './row.ts'
import { sealedDocuments } from './sealed-documents.ts'
import type { Built, SealedDocument, Work } from './work.ts'

export type Derived =
  | { readonly ok: true; readonly payload: NewPayload }
  /** A sentence for a person. */
  | { readonly ok: false; readonly reason: string }

/** By document. `closedThrough` is the last day to avoid. */
export async function deriveEntries(
  work: Work,
  rows: readonly OutboxRow[],
  closedThrough: IsoDate | null,
): Promise<ReadonlyMap<string, Derived>> {
  const ids = [...new Set(rows.map(({ journal }) => journal))]
  const lines = await linesOfJournals(work.kysely, work.book, ids)
  const posted = await postedSums(work, ids)
  const derived = new Map<string, Derived>()
  for (const sealed of await sealedDocuments(work.kysely, work.book, ids)) {
    const { id } = sealed.journal
    const ofJournal = rows.filter(({ journal }) => journal === id)
    const wrong = unfounded(work, sealed, lines.get(id) ?? [], posted.get(id) ?? new Map())
    // Building would throw for a journal that is not what its postings are, and stop the others.
    const built: Built =
      wrong === null
        ? await work.build(work.kysely, sealed, closedThrough)
        : { ok: false, code: 'DELIVERY_FAILED', reason: wrong }
    for (const row of ofJournal) derived.set(row.document, derivedOf(work, row, built))
  }
  return derived
}

function derivedOf(work: Work, row: OutboxRow, built: Built): Derived {
  if (!built.ok) return refused(work, row, built.reason)
  const entry = built.entries.find(({ document }) => document === row.document)
  if (entry === undefined || built.entries.length !== row.parts)
    return refused(work, row, partsText(row, built.entries.length))
  return { ok: true, payload: { entry, body: work.body(entry), reason: 'derived again before it was sent' } }
}

function refused(work: Work, { document }: OutboxRow, reason: string): Derived {
  return { ok: false, reason: `${reason} Then: tieout deliver --retry ${document} --target ${work.name}.` }
}

function partsText({ document, parts }: OutboxRow, count: number): string {
  return (
    `${document} is not sent: its journal was queued in ${parts} ${parts === 1 ? 'entry' : 'entries'}, and by the mapping and the ` +
    `linesPerEntry in force it comes to ${count}. Set them back, or reverse and replace the journal.`
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
function unfounded(
  { book }: Work,
  { journal }: SealedDocument,
  lines: readonly RoundedLine[],
  posted: ReadonlyMap<string, Units>,
): string | null {
  const { document, currency } = journal
  const say = (why: string): string =>
    `${document} is not sent, since the ledger does not say it: ${why}. Run tieout ledger verify, and find out who wrote to the database.`
  if (hash('sha256', canonicalJournal(book.name, journal, lines)) !== journal.hash)
    return say('the content of the journal does not match its hash')
  const sign = journal.link?.kind === 'reversal' ? -1n : 1n
  const left = new Map(posted)
  for (const { account, exact, rounded } of lines) {
    const ledger = sign * (left.get(account) ?? 0n)
    left.delete(account)
    if (exact !== ledger)
      return say(
        `the journal has ${formatExact(exact)} ${currency} on ${account}, the postings of its range ${formatExact(ledger)}`,
      )
    if (abs(rounded - exact) >= 2n * unitsPerMinor(currency))
      return say(`the journal has ${formatMoney(rounded)} ${currency} on ${account} for ${formatExact(exact)}`)
  }
  for (const [account, amount] of left)
    if (amount !== 0n)
      return say(`the journal has nothing on ${account}, the postings of its range ${formatExact(sign * amount)}`)
  const sum = lines.reduce((total, { rounded }) => total + rounded, 0n)
  return sum === 0n ? null : say(`the lines of the journal sum to ${formatMoney(sum)} ${currency}`)
}
