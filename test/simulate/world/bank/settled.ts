/**
 * What is settled of the lines, once faults have stopped: what a rule of the account speaks of, own transfers of which both
 * lines are there, what is kept of a payout; on the day of the line; and nothing is doubted any more that a whole statement shows.
 */
import type { Books } from '../../oracles/books.ts'
import { amountText, ONE } from '../amounts.ts'
import type { Finding } from '../part.ts'
import { dayIn } from '../payelancer/readings.ts'
import type { BankFacts } from './oracle.ts'
import { percentOf, type Line } from './lines.ts'
import type { AccountPlan } from './plan.ts'

/** A line of the books with the line of the world it is; only where day and amount tell. */
export interface Known {
  readonly id: string
  readonly date: string
  readonly disposition: string
  readonly line: Line
}

/** Rules of the account's settings name these. */
const BY_RULE: ReadonlySet<Line['kind']> = new Set(['charge', 'interest', 'transfer-out'])

export function checkRules(account: AccountPlan, known: readonly Known[]): readonly Finding[] {
  if (!account.hasRules) return []
  return known.flatMap(({ line, disposition }) => {
    if (disposition === 'matched' || !BY_RULE.has(line.kind)) return []
    return [
      { oracle: 'line-settled', says: `${nameOf(line)} is what a rule of ${account.name} names, and is not settled` },
    ]
  })
}

const REFUSED = "select distinct source from exception where code = 'EVIDENCE_REFUSED' and object like 'payout:%'"

/** A payout that is stated, whose line has its reference, and what is known to be taken of it: nothing is left to ask. */
export function checkNamed({ networks }: BankFacts, known: readonly Known[], books: Books): readonly Finding[] {
  // What a person states may be any of several that were due: then the program asks which.
  const asked = new Set(books.rows(REFUSED).map(({ source }) => source))
  return known.flatMap(({ line, disposition }) => {
    const network = networks.find(({ name }) => name === line.network && !asked.has(name))
    const isStated = network?.payouts.some(({ id, statedMs }) => id === line.reference && statedMs !== null) === true
    if (disposition === 'matched' || line.kind !== 'payout' || line.reference === '' || !isStated) return []
    return [{ oracle: 'payout-settled', says: `${nameOf(line)} names a payout that is stated, and is ${disposition}` }]
  })
}

const DATES = `
  select txn.object, txn.effective_date as day, count(*) as count from txn
  join source on source.book = txn.book and source.id = txn.source
  where source.name = ? and txn.object like 'line:%' group by txn.object, txn.effective_date`

/** A line counts on its own day. */
export function checkDates(account: AccountPlan, known: readonly Known[], books: Books): readonly Finding[] {
  const byObject = new Map(known.map((each) => [`line:${each.id}`, each]))
  return books.rows(DATES, account.name).flatMap(({ object, day }) => {
    const found = byObject.get(String(object))
    if (found === undefined || found.date === day) return []
    return [{ oracle: 'line-day', says: `${nameOf(found.line)} is booked on ${String(day)}` }]
  })
}

const TAKEN = `
  select txn.object, account.key, sum(posting.amount) as amount
  from txn
  join posting on posting.book = txn.book and posting.seq = txn.seq
  join account on account.book = posting.book and account.id = posting.account
  join source on source.book = txn.book and source.id = txn.source
  where source.name = ? and txn.object like 'line:%' and (account.key like '6100%' or account.key like '6110%' or account.key like '1400%')
  group by txn.object, account.key having sum(posting.amount) <> 0`

/** What was kept of a payout on its way: by whom, where one explanation only comes to it. */
export function checkTaken(
  { networks }: BankFacts,
  account: AccountPlan,
  known: readonly Known[],
  books: Books,
): readonly Finding[] {
  const byObject = new Map(known.map((each) => [`line:${each.id}`, each.line]))
  return books.rows(TAKEN, account.name).flatMap(({ object, key, amount }) => {
    const line = byObject.get(String(object))
    if (line === undefined || line.kind !== 'payout') return []
    const percent = networks.find(({ name }) => name === line.network)?.withholdingPercent ?? 0
    const kept = line.gross - line.amount
    const withheld = percentOf(line.gross, percent)
    const feeOf = (rest: bigint): bigint => (account.type === 'paypal' ? percentOf(rest, 2) : 15n * ONE)
    const ways = [
      { tax: 0n, fee: feeOf(line.gross) },
      ...(percent === 0 ? [] : [0n, feeOf(line.gross - withheld)].map((fee) => ({ tax: withheld, fee }))),
    ]
    const near = ways.filter(({ tax, fee }) => tax + fee - kept < ONE / 50n && kept - tax - fee < ONE / 50n)
    const [way] = near
    if (near.length > 1) return []
    // What is kept in cents beside the shares is the processor's rounding.
    const tax = way?.fee === 0n ? kept : (way?.tax ?? 0n)
    const fees = account.type === 'paypal' ? '6100' : '6110'
    const should = String(key).startsWith('1400') ? tax : String(key).startsWith(fees) ? kept - tax : 0n
    if (way !== undefined && amount === should) return []
    const says = `${nameOf(line)} lacks ${amountText(kept, 2)} of its gross, of which ${amountText(tax, 2)} are tax; ${String(key)} has ${amountText(amount as bigint, 2)}`
    return [{ oracle: 'line-taken', says }]
  })
}

/** Whoever imports all days in one file, with nothing missing, has nothing left to wonder about between files. */
export function checkDoubts(
  { downloads, imported, plan }: BankFacts,
  account: AccountPlan,
  books: Books,
): readonly Finding[] {
  const lastDay = Math.max(...plan.exports.map(({ throughDay }) => throughDay))
  const isWhole = downloads.some(
    ({ name, plan: { accounts, fromDay, throughDay, newest } }) =>
      imported.has(name) &&
      accounts.includes(account.name) &&
      fromDay === 0 &&
      throughDay === lastDay &&
      newest === null,
  )
  if (!isWhole) return []
  return books.openExceptions().flatMap(({ source, code, object, detail }) => {
    if (source !== account.name || !['STATEMENT_GAP', 'DUPLICATE'].includes(code)) return []
    return [
      {
        oracle: 'doubt-left',
        says: `${account.name} has all days in one file, and ${code} of ${object} is open: ${detail}`,
      },
    ]
  })
}

function nameOf({ account, kind, currency, amount, atMs, text }: Line): string {
  return `${account} ${kind} of ${amountText(amount, 2)} ${currency} on ${dayIn(atMs, 'UTC')} (${text})`
}
