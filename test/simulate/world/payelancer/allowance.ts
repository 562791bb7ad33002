/**
 * What a publisher expects to be taken back of a month (docs/payouts.md): that share of what the books had of the month when
 * they were told of its end, to the cent, dated on its last day, and nothing of it any more a night later.
 */
import type { Books } from '../../oracles/books.ts'
import { amountText, ONE } from '../amounts.ts'
import type { Finding } from '../part.ts'
import type { NetworkPlan } from './plan.ts'

const ALLOWED = `
  select txn.seq, txn.effective_date as day, posting.amount from txn
  join posting on posting.book = txn.book and posting.seq = txn.seq
  join account on account.book = posting.book and account.id = posting.account
  join source on source.book = txn.book and source.id = txn.source
  where source.name = ? and account.key like '4095%' order by txn.seq`

/** Earned of that month by what was booked before. */
const EARNED = `
  select coalesce(sum(posting.amount), 0) as amount from txn
  join posting on posting.book = txn.book and posting.seq = txn.seq
  join account on account.book = posting.book and account.id = posting.account
  join source on source.book = txn.book and source.id = txn.source
  where source.name = ? and (account.key like '4000%' or account.key like '4090%') and txn.seq < ?
    and substr(txn.effective_date, 1, 7) = ? and txn.effective_date <= ?`

/** The reconciliations between which a month ended, and what of it was earned by what was known at the later one. */
const ENDED = `
  select ended.end as day, coalesce((
    select sum(posting.amount) from txn
    join posting on posting.book = txn.book and posting.seq = txn.seq
    join account on account.book = posting.book and account.id = posting.account
    join source on source.book = txn.book and source.id = txn.source
    where source.name = ? and (account.key like '4000%' or account.key like '4090%') and txn.evidence_batch < ended.batch
      and substr(txn.effective_date, 1, 7) = substr(ended.end, 1, 7)), 0) as amount
  from (select date(substr(min(day), 1, 7) || '-01', '+1 month', '-1 day') as end,
      (select min(batch) from match_run as later
        where later.day >= date(substr(min(found.day), 1, 7) || '-01', '+1 month', '-1 day')) as batch
    from match_run as found) as ended
  where ended.batch is not null and ended.end > (select min(day) from match_run)`

/** A month that ended while the books were kept, and had earned something by then. */
function missing(plan: NetworkPlan, books: Books, days: ReadonlySet<string>): readonly Finding[] {
  return books.rows(ENDED, plan.name).flatMap(({ day, amount }) => {
    const share = (-(amount as bigint) * BigInt(plan.allowancePercent ?? 0)) / 100n
    if (share < ONE / 100n || days.has(String(day))) return []
    const says = `${plan.name} should expect ${amountText(share, 8)} of the month that ended on ${String(day)} to be taken back, and expects nothing`
    return [{ oracle: 'allowance', says }]
  })
}

export function checkAllowance(plan: NetworkPlan, books: Books, when: 'night' | 'end'): readonly Finding[] {
  if (plan.allowancePercent === undefined || plan.role !== 'publisher') return []
  const rows = books.rows(ALLOWED, plan.name).map((row) => ({
    seq: row['seq'] as bigint,
    day: String(row['day']),
    amount: row['amount'] as bigint,
  }))
  const percent = BigInt(plan.allowancePercent)
  const findings = rows
    .filter(({ amount }) => amount > 0n)
    .flatMap(({ seq, day, amount }) => {
      const [row] = books.rows(EARNED, plan.name, seq, day.slice(0, 7), day)
      const earned = -((row?.['amount'] as bigint | undefined) ?? 0n)
      const share = (earned * percent) / 100n
      const isNear = amount - share <= ONE / 200n && share - amount <= ONE / 200n && amount % (ONE / 100n) === 0n
      if (isNear && isLastOfMonth(day)) return []
      const says = `${plan.name} expects ${amountText(amount, 8)} of ${day} to be taken back, and ${plan.allowancePercent} % of what its month has earned is ${amountText(share, 8)}`
      return [{ oracle: 'allowance', says }]
    })
  const days = new Set(rows.map(({ day }) => day))
  if (when === 'end') findings.push(...missing(plan, books, days))
  const left = rows.reduce((sum, { amount }) => sum + amount, 0n)
  if (when === 'night' || left === 0n) return findings
  return [
    ...findings,
    { oracle: 'allowance-left', says: `${plan.name} still expects ${amountText(left, 8)} of a month that is over` },
  ]
}

function isLastOfMonth(day: string): boolean {
  return new Date(Date.parse(day) + 86_400_000).getUTCDate() === 1
}
