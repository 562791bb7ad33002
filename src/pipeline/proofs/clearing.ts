/**
 * The clearing accounts: what the ledger holds on each against the items that are open on it. Matches that wait for a rate
 * have taken their items and posted nothing yet, so their part still stands.
 */
import { sql } from 'kysely'
import { CLEARING_RULES, type ClearingRule } from '../../domain/proofs/clearing.ts'
import { SOURCE_PLACEHOLDER } from '../../domain/posting-rules.ts'
import type { Units } from '../../domain/money/money.ts'
import type { ItemKind } from '../../domain/settlement/settlement.ts'
import { openItems } from '../../evidence/open-items.ts'
import { beforeStatements } from '../../evidence/statements/begin.ts'
import { balances } from '../../ledger/balances.ts'
import { proveConversion } from './conversion.ts'
import { fewMatches, legsInForce } from './match-legs.ts'
import { proveRefundsDue } from './refunds-due.ts'
import type { ProofScope } from './scope.ts'

export interface ClearingProof {
  readonly account: string
  /** The vendor whose account it is; '' where all share one. */
  readonly source: string
  readonly currency: string
  readonly ledger: Units
  readonly openItems: number
  /** What is open of the items. */
  readonly open: Units
  /** The same of items from before statements began, which none of them can show. */
  readonly before: Units
  /** Taken by matches that wait for a rate and have posted nothing. */
  readonly waiting: Units
  /** Posted since the last reconciliation, which has not taken them up as items. */
  readonly since: Units
  /** ledger − open − before − waiting − since: not zero is a mistake in the books. */
  readonly difference: Units
}

interface OpenSum {
  readonly source: string
  readonly currency: string
  readonly kind: ItemKind
  readonly amount: Units
  readonly count: bigint
}

export async function proveClearing(scope: ProofScope): Promise<readonly ClearingProof[]> {
  const { db, book, rules, sources } = scope
  const ledger = await balances(db, { id: book, name: '' })
  const open = await openSums(scope)
  const before = await sumsBefore(scope)
  const waiting = await waitingSums(scope)
  const proofs: ClearingProof[] = []
  for (const rule of CLEARING_RULES) {
    const template = rules.money.get(rule.kind)?.[rule.side]
    if (template === undefined) continue
    const owners = template.includes(SOURCE_PLACEHOLDER) ? sources.map(({ name }) => name) : ['']
    for (const source of owners) {
      const account = template.replaceAll(SOURCE_PLACEHOLDER, source)
      const mine = (sums: readonly OpenSum[]) => sums.filter((each) => stands(each, rule, source))
      const since = await notTakenUp(scope, account)
      const currencies = new Set([
        ...ledger.filter((row) => row.account === account).map(({ currency }) => currency),
        ...[...mine(open), ...mine(waiting)].map(({ currency }) => currency),
      ])
      for (const currency of [...currencies].sort()) {
        const of = (sums: readonly OpenSum[]) => total(mine(sums).filter((each) => each.currency === currency))
        const held = ledger.find((row) => row.account === account && row.currency === currency)?.balance ?? 0n
        const [all, early] = [of(open), of(before)]
        const parts = {
          open: all.amount - early.amount,
          before: early.amount,
          waiting: of(waiting).amount,
          since: since.get(currency) ?? 0n,
        }
        const difference = held - parts.open - parts.before - parts.waiting - parts.since
        const openItems = all.count - early.count
        proofs.push({ account, source, currency, ledger: held, openItems, ...parts, difference })
      }
    }
  }
  return [...proofs, ...(await proveConversion(scope)), ...(await proveRefundsDue(scope))]
}

function stands({ kind, source }: OpenSum, { items }: ClearingRule, owner: string): boolean {
  return items.includes(kind) && (owner === '' || source === owner)
}

function total(sums: readonly OpenSum[]): { readonly amount: Units; readonly count: number } {
  const amount = sums.reduce((sum, each) => sum + each.amount, 0n)
  return { amount, count: sums.reduce((sum, each) => sum + Number(each.count), 0) }
}

async function openSums({ db, book }: ProofScope): Promise<readonly OpenSum[]> {
  return db
    .selectFrom('open_item')
    .select(['source', 'currency', 'kind'])
    .select([
      sql<bigint>`cast(sum(amount - matched) as bigint)`.as('amount'),
      sql<bigint>`cast(count(*) as bigint)`.as('count'),
    ])
    .where('book', '=', book)
    .where(sql<boolean>`status = 'open'`)
    .groupBy(['source', 'currency', 'kind'])
    .execute()
}

async function sumsBefore({ db, book, accounts }: ProofScope): Promise<readonly OpenSum[]> {
  const isBefore = await beforeStatements(db, book, accounts)
  const items = (await openItems(db, book)).filter(isBefore)
  return items.map(({ source, currency, kind, amount, matched }) => ({
    source,
    currency,
    kind,
    amount: amount - matched,
    count: 1n,
  }))
}

async function waitingSums(scope: ProofScope): Promise<readonly OpenSum[]> {
  const waiting = fewMatches(scope, 'match_leg_waiting', sql<boolean>`l.side = 'line' and l.posts is null`)
  const rows = await legsInForce(scope)
    .select(['i.source', 'i.currency', 'i.kind'])
    .select([
      sql<bigint>`cast(sum(l.amount) as bigint)`.as('amount'),
      sql<bigint>`cast(count(*) as bigint)`.as('count'),
    ])
    .where('l.side', '=', sql.lit('item'))
    .where('l.match', 'in', waiting)
    .groupBy(['i.source', 'i.currency', 'i.kind'])
    .execute()
  return rows.flatMap(({ source, currency, kind, ...sums }) =>
    source === null || currency === null || kind === null ? [] : [{ source, currency, kind, ...sums }],
  )
}

/** What payments posted since the last reconciliation have put on the account, by currency. */
async function notTakenUp({ db, book }: ProofScope, account: string): Promise<ReadonlyMap<string, Units>> {
  const progress = await db
    .selectFrom('open_item_progress')
    .select('position')
    .where('book', '=', book)
    .where('origin', '=', 'ledger')
    .executeTakeFirst()
  const rows = await db
    .selectFrom('txn as t')
    .innerJoin('source as s', (join) => join.onRef('s.book', '=', 't.book').onRef('s.id', '=', 't.source'))
    .innerJoin('posting as p', (join) => join.onRef('p.book', '=', 't.book').onRef('p.seq', '=', 't.seq'))
    .innerJoin('account as a', (join) => join.onRef('a.book', '=', 'p.book').onRef('a.id', '=', 'p.account'))
    .leftJoin('open_item as i', (join) =>
      join.onRef('i.book', '=', 't.book').onRef('i.source', '=', 's.name').onRef('i.object', '=', 't.object'),
    )
    .select('t.currency')
    .select(sql<bigint>`cast(sum(p.amount) as bigint)`.as('amount'))
    .where('t.book', '=', book)
    .where('t.seq', '>', progress?.position ?? 0n)
    .where('t.kind', 'in', ['payout', 'top-up', 'wallet-refund'])
    .where('a.key', '=', account)
    .where('i.id', 'is', null)
    .groupBy('t.currency')
    .execute()
  return new Map(rows.map(({ currency, amount }) => [currency, amount]))
}
