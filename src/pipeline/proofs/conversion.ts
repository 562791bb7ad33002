/**
 * The conversion account as a clearing account: what the ledger holds on it in each currency against what the matches in
 * force post there.
 */
import { sql } from 'kysely'
import { dialectOf } from '../../db/dialect.ts'
import type { Units } from '../../domain/money/money.ts'
import { parseEntryKind } from '../../domain/settlement/entry-kind.ts'
import { balances } from '../../ledger/balances.ts'
import type { ClearingProof } from './clearing.ts'
import { fewMatches, legsInForce } from './match-legs.ts'
import type { ProofScope } from './scope.ts'

export async function proveConversion(scope: ProofScope): Promise<readonly ClearingProof[]> {
  const account = scope.rules.money.get('conversion-out')?.debit
  if (account === undefined) return []
  const held = await balances(scope.db, { id: scope.book, name: '' }, { account })
  const sums = await postedByMatches(scope)
  const currencies = [...new Set([...sums.keys(), ...held.map(({ currency }) => currency)])].sort()
  const none = { openItems: 0, before: 0n, waiting: 0n, since: 0n }
  return currencies.map((currency) => {
    const ledger = held.find((row) => row.currency === currency)?.balance ?? 0n
    const open = sums.get(currency) ?? 0n
    return { account, source: '', currency, ledger, ...none, open, difference: ledger - open }
  })
}

/** Which way each kind of posting moves the account: debit positive. */
const ON_ACCOUNT: Readonly<Record<string, 1n | -1n | undefined>> = {
  'conversion-out': 1n,
  'conversion-in': -1n,
  'conversion-settled': 1n,
  'conversion-paid': 1n,
  'conversion-moved': 1n,
  'fx-difference': -1n,
}

/** What the matches that convert post on the account, by currency: added up where it is kept. */
async function postedByMatches(scope: ProofScope): Promise<ReadonlyMap<string, Units>> {
  const { kind, amount, each } = postedTotals(scope)
  const rows = await legsInForce(scope)
    .innerJoin(each, (join) => join.onTrue())
    .select(['s.currency', kind.as('kind'), amount.as('amount')])
    .where('l.side', '=', sql.lit('line'))
    .where('l.match', 'in', converting(scope))
    .groupBy(['s.currency', kind])
    .execute()
  const sums = new Map<string, Units>()
  for (const { currency, kind: name, amount: sum } of rows) {
    const entry = parseEntryKind(name, currency ?? '')
    const direction = ON_ACCOUNT[entry.kind]
    if (direction === undefined) continue
    sums.set(entry.currency, (sums.get(entry.currency) ?? 0n) + direction * entry.sign * sum)
  }
  return sums
}

/** A leg's postings as rows, which each engine says in its own words. */
function postedTotals({ db }: ProofScope) {
  const rows = dialectOf(db) === 'sqlite' ? sql<Posted>`json_each(l.posts)` : sql<Posted>`json_each_text(l.posts::json)`
  return {
    each: rows.as<'each'>('each'),
    kind: sql.ref<string>('each.key'),
    amount: sql<bigint>`cast(sum(cast(each.value as bigint)) as bigint)`,
  }
}

interface Posted {
  readonly key: string
  readonly value: string
}

/** By the index that holds just these. */
function converting(scope: ProofScope) {
  const isConverting =
    dialectOf(scope.db) === 'sqlite'
      ? sql<boolean>`l.side = 'line' and instr(l.posts, 'conversion-') > 0`
      : sql<boolean>`l.side = 'line' and strpos(l.posts, 'conversion-') > 0`
  return fewMatches(scope, 'match_leg_converting', isConverting)
}
