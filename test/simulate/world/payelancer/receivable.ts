/**
 * What a network owes by the books: what it owed when they began and what is booked as earned, less what payouts have
 * brought, by their gross, and what the network kept for them. Whether what is booked as earned is true is asked elsewhere.
 */
import type { Books } from '../../oracles/books.ts'
import { amountText, ONE } from '../amounts.ts'
import type { Finding } from '../part.ts'
import { stateAt } from './counter.ts'
import type { NetworkPlan } from './plan.ts'

const BALANCES = `
  select account.key, txn.object like 'line:%' as is_line, sum(posting.amount) as amount
  from txn
  join posting on posting.book = txn.book and posting.seq = txn.seq
  join account on account.book = posting.book and account.id = posting.account
  where account.key like '%:' || ? group by account.key, is_line`

const EARNED = `
  select sum(posting.amount) as amount
  from txn
  join posting on posting.book = txn.book and posting.seq = txn.seq
  join account on account.book = posting.book and account.id = posting.account
  join source on source.book = txn.book and source.id = txn.source
  where source.name = ? and (account.key like '4000%' or account.key like '4090%')`

const OWED = ['1100', '1110', '2100']

/** `saidThroughMs`: what people had to state by then they have. */
export function checkReceivable(
  plan: NetworkPlan,
  nowMs: number,
  saidThroughMs: number,
  books: Books,
): readonly Finding[] {
  if (plan.role !== 'publisher') return checkPrepaid(plan, saidThroughMs, books)
  if (books.openExceptions().some(({ code, source }) => source === plan.name && code === 'EVIDENCE_REFUSED')) return []
  const isOurs = (key: unknown): boolean => OWED.some((code) => String(key) === `${code}:${plan.name}`)
  const rows = books.rows(BALANCES, plan.name).filter(({ key }) => isOurs(key))
  const sum = (some: typeof rows): bigint => some.reduce((total, { amount }) => total + (amount as bigint), 0n)
  const arrived = -sum(rows.filter(({ is_line: isLine }) => isLine === 1n))
  const [row] = books.rows(EARNED, plan.name)
  const earned = -((row?.['amount'] as bigint | null | undefined) ?? 0n)
  const opening = plan.isOpeningStated ? plan.owed : 0n
  const { paid } = stateAt(plan, nowMs)
  const kept = plan.payouts
    .filter(({ id, atMs, statedMs }) => paid.has(id) && statedMs !== null && Math.max(atMs, statedMs) <= saidThroughMs)
    .reduce((total, { feeCents }) => total + BigInt(feeCents) * (ONE / 100n), 0n)
  const should = opening + earned - arrived - kept
  if (sum(rows) === should) return []
  const says = `${plan.name} owes ${amountText(sum(rows), 8)} by the books, and ${amountText(should, 8)} by what was earned, paid (${amountText(arrived, 2)}) and kept (${amountText(kept, 2)})`
  return [{ oracle: 'receivable', says }]
}

const SPENT = `
  select sum(posting.amount) as amount
  from txn
  join posting on posting.book = txn.book and posting.seq = txn.seq
  join account on account.book = posting.book and account.id = posting.account
  join source on source.book = txn.book and source.id = txn.source
  where source.name = ? and (account.key like '5000%' or account.key like '5090%')`

/** What an advertiser has paid in advance: what it had, what was put in with its bonus, less what is booked as spent. */
function checkPrepaid(plan: NetworkPlan, saidThroughMs: number, books: Books): readonly Finding[] {
  const is = books.balanceOf(`1300:${plan.name}`)
  const spent = (books.rows(SPENT, plan.name)[0]?.['amount'] as bigint | null | undefined) ?? 0n
  const paid = plan.topUps
    .filter(({ statedMs }) => statedMs <= saidThroughMs)
    .reduce((total, { amount, bonus }) => total + amount + bonus, 0n)
  const should = (plan.isOpeningStated ? 500n * ONE : 0n) + paid - spent
  if (is === should) return []
  const says = `${plan.name} holds ${amountText(is, 8)} in advance, and ${amountText(should, 8)} by what was paid in (${amountText(paid, 2)}) and spent (${amountText(spent, 8)})`
  return [{ oracle: 'prepaid', says }]
}
