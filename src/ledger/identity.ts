/**
 * Identity: (book, source, object, kind, version) names a transaction. The same draft again is answered, not posted
 * again; the same name with other content is an error that shows both.
 */
import type { Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import { formatExact } from '../domain/money/money.ts'
import { InvariantError } from '../domain/errors.ts'
import type { TransactionDraft } from '../domain/transaction.ts'
import type { Book } from './books.ts'
import { keyOf } from './drafts.ts'

/** Splits a sorted batch into what is new and what the ledger already holds. */
export async function splitKnown(
  db: Kysely<Tables>,
  book: Book,
  sources: ReadonlyMap<string, bigint>,
  drafts: readonly TransactionDraft[],
): Promise<{ readonly fresh: readonly TransactionDraft[]; readonly existing: number }> {
  const held = await heldKeys(db, book, sources, drafts)
  const fresh: TransactionDraft[] = []
  const inBatch = new Map<string, TransactionDraft>()
  let existing = 0
  for (const draft of drafts) {
    const key = keyOf(draft)
    const known = held.get(key) ?? contentOf(inBatch.get(key))
    if (known === undefined) {
      inBatch.set(key, draft)
      fresh.push(draft)
    } else if (known === contentOf(draft)) {
      existing += 1
    } else {
      throw new InvariantError(
        'IDENTITY_CONFLICT',
        `${key} is already posted as ${known}, and now comes as ${contentOf(draft)}.`,
        'Nothing was written. Run tieout ledger verify, and report this with both texts.',
      )
    }
  }
  return { fresh, existing }
}

/** key → content, for the objects of these drafts. */
async function heldKeys(
  db: Kysely<Tables>,
  book: Book,
  sources: ReadonlyMap<string, bigint>,
  drafts: readonly TransactionDraft[],
): Promise<ReadonlyMap<string, string>> {
  const held = new Map<string, string>()
  const objects = Map.groupBy(drafts, (draft) => draft.source)
  for (const [source, ofSource] of objects) {
    const names = [...new Set(ofSource.map((draft) => draft.object))]
    for (let at = 0; at < names.length; at += 500) {
      for (const row of await heldRows(db, book, sources.get(source) ?? 0n, names.slice(at, at + 500))) {
        held.set(keyOf({ source, ...row }), row.content)
      }
    }
  }
  return held
}

async function heldRows(db: Kysely<Tables>, book: Book, source: bigint, objects: readonly string[]) {
  const rows = await db
    .selectFrom('txn')
    .innerJoin('posting', (join) => join.onRef('posting.book', '=', 'txn.book').onRef('posting.seq', '=', 'txn.seq'))
    .innerJoin('account', (join) =>
      join.onRef('account.book', '=', 'posting.book').onRef('account.id', '=', 'posting.account'),
    )
    .select([
      'txn.object',
      'txn.kind',
      'txn.version',
      'txn.currency',
      'txn.amount',
      'txn.cumulative',
      'txn.effective_date',
    ])
    .select(['txn.rule', 'txn.memo', 'account.key', 'posting.amount as posted'])
    .where('txn.book', '=', book.id)
    .where('txn.source', '=', source)
    .where('txn.object', 'in', objects)
    .orderBy('txn.seq')
    .orderBy('posting.line')
    .execute()
  const byKey = Map.groupBy(rows, (row) => `${row.object} ${row.kind} ${row.version}`)
  return [...byKey.values()].flatMap((lines) => {
    const [head] = lines
    if (head === undefined) return []
    const postings = lines.map((line) => ({ account: line.key, amount: line.posted }))
    const content = contentText({ ...head, effectiveDate: head.effective_date, postings })
    return [{ object: head.object, kind: head.kind, version: Number(head.version), content }]
  })
}

function contentOf(draft: TransactionDraft | undefined): string | undefined {
  return draft === undefined ? undefined : contentText(draft)
}

type Content = Pick<
  TransactionDraft,
  'currency' | 'amount' | 'cumulative' | 'effectiveDate' | 'rule' | 'memo' | 'postings'
>

/** Everything a transaction says but its place, its time of learning and its evidence. */
function contentText(content: Content): string {
  const { currency, amount, cumulative, effectiveDate, rule, memo, postings } = content
  const lines = postings.map((posting) => `${posting.account} ${formatExact(posting.amount)}`).join(', ')
  return `${formatExact(amount)} of ${formatExact(cumulative)} ${currency} on ${effectiveDate} (${rule}) "${memo}" [${lines}]`
}
