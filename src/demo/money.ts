/** What the demo shows of the bank and PayPal: statements against the books, and how lines were matched. */
import type { BookConfig } from '../config/model.ts'
import type { Database } from '../db/database.ts'
import type { Units } from '../domain/money/money.ts'
import type { PostingRules } from '../domain/posting-rules.ts'
import { passingAccounts } from '../domain/proofs/clearing.ts'
import { balances } from '../ledger/balances.ts'
import type { Book } from '../ledger/books.ts'

export interface DemoAccount {
  readonly account: string
  readonly currency: string
  /** What the newest statement closes with; null when it states none. */
  readonly statement: Units | null
  readonly books: Units
}

export interface DemoMoney {
  readonly accounts: readonly DemoAccount[]
  /** In transit, by ledger account. */
  readonly clearing: readonly { readonly account: string; readonly balance: Units }[]
  /** What is expected and on no statement yet. */
  readonly openItems: readonly { readonly kind: string; readonly count: bigint }[]
  readonly steps: readonly { readonly step: string; readonly count: bigint }[]
}

export async function demoMoney(
  kysely: Database['kysely'],
  book: Book,
  { config, rules }: { readonly config: BookConfig; readonly rules: PostingRules },
): Promise<DemoMoney> {
  const rows = await balances(kysely, book)
  const accounts: DemoAccount[] = []
  for (const { name, code, currency } of config.accounts) {
    const newest = await kysely
      .selectFrom('statement_section as section')
      .innerJoin('source', (join) =>
        join.onRef('source.book', '=', 'section.book').onRef('source.id', '=', 'section.account'),
      )
      .select('section.closing')
      .where('section.book', '=', book.id)
      .where('source.name', '=', name)
      .where('section.currency', '=', currency)
      .orderBy('section.last_date', 'desc')
      .orderBy('section.batch', 'desc')
      .executeTakeFirst()
    const held = rows.find((row) => row.account === `${code}:${name}` && row.currency === currency)
    accounts.push({ account: name, currency, statement: newest?.closing ?? null, books: held?.balance ?? 0n })
  }
  const openItems = await kysely
    .selectFrom('open_item')
    .select(['kind', ({ fn }) => fn.countAll<bigint>().as('count')])
    .where('book', '=', book.id)
    .where('status', '=', 'open')
    .groupBy('kind')
    .orderBy('kind')
    .execute()
  const steps = await kysely
    .selectFrom('match_group')
    .select(['step', ({ fn }) => fn.countAll<bigint>().as('count')])
    .where('book', '=', book.id)
    .where('status', '=', 'active')
    .groupBy('step')
    .orderBy('step')
    .execute()
  const passing = passingAccounts(
    rules,
    config.sources.map(({ name }) => name),
  )
  const clearing = rows.filter(({ account, balance }) => passing.has(account) && balance !== 0n)
  return { accounts, clearing, openItems, steps }
}
