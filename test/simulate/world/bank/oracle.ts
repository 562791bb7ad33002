/**
 * What the books hold of the money accounts, beside the truth: every line that an imported file shows is there exactly
 * once, what is posted of it stands against the account it belongs to, the balance of the money account is the
 * statement's, and a hole between statements is told.
 */
import type { Books } from '../../oracles/books.ts'
import { amountText } from '../amounts.ts'
import type { Finding } from '../part.ts'
import { toldOf } from '../told.ts'
import type { Download } from './bank.ts'
import type { Line } from './lines.ts'
import type { AccountPlan, BankPlan } from './plan.ts'
import { checkDates, checkDoubts, checkNamed, checkRules, checkTaken, type Known } from './settled.ts'
import { zoneOf } from './statement.ts'
import type { NetworkPlan } from '../payelancer/plan.ts'
import { dayIn } from '../payelancer/readings.ts'

export interface BankFacts {
  readonly plan: BankPlan
  readonly networks: readonly NetworkPlan[]
  readonly lines: readonly Line[]
  readonly downloads: readonly Download[]
  /** Names of files the books hold. */
  readonly imported: ReadonlySet<string>
}

/** Where the postings of a line may stand beside the account's own. */
const AGAINST: Readonly<Record<Line['kind'], readonly string[]>> = {
  charge: ['6110'],
  interest: ['4800'],
  card: [],
  payout: ['1110', '6100', '6110', '1400'],
  'top-up': ['1070', '6100'],
  'transfer-out': ['1060'],
  'transfer-in': ['1060'],
}

const LINES = `
  select line.id, line.currency, line.date, line.amount, line.matched, line.disposition
  from statement_line as line
  join source on source.book = line.book and source.id = line.account
  where source.name = ? and line.uncounted is null`

interface Kept {
  readonly id: string
  readonly currency: string
  readonly date: string
  readonly amount: bigint
  readonly matched: bigint
  readonly disposition: string
}

export function checkBank(facts: BankFacts, books: Books, when: 'night' | 'end'): readonly Finding[] {
  return facts.plan.accounts.flatMap((account) => {
    const kept = books.rows(LINES, account.name).map((row): Kept => ({
      id: String(row['id']),
      currency: String(row['currency']),
      date: String(row['date']),
      amount: row['amount'] as bigint,
      matched: row['matched'] as bigint,
      disposition: String(row['disposition']),
    }))
    const shown = shownLines(facts, account.name)
    const known = knownLines(shown, kept)
    return [
      ...checkOnce(account, shown, kept, books),
      ...checkAgainst(account, known, books),
      ...checkDates(account, known, books),
      ...checkTaken(facts, account, known, books),
      ...checkBalance(account, kept, books),
      ...(isProved(books, when) ? checkHole(facts, account, shown, books) : []),
      ...(when === 'end'
        ? [...checkImported(facts, account), ...checkRules(account, known), ...checkNamed(facts, known, books)]
        : []),
      ...(when === 'end' ? checkDoubts(facts, account, books) : []),
    ]
  })
}

/** Lines that stand, booked, in a file the books hold. */
function shownLines({ downloads, imported }: BankFacts, account: string): readonly Line[] {
  const found = new Map<string, Line>()
  for (const { name, sections } of downloads) {
    if (!imported.has(name)) continue
    for (const { rows } of sections) {
      for (const { line, isPending } of rows) if (!isPending && line.account === account) found.set(line.id, line)
    }
  }
  return [...found.values()]
}

function keyOf(currency: string, day: string, amount: bigint): string {
  return `${currency} ${day} ${amountText(amount, 2)}`
}

function counted<T>(items: readonly T[], key: (item: T) => string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const item of items) counts.set(key(item), (counts.get(key(item)) ?? 0) + 1)
  return counts
}

/** By day and amount: as many as the truth has, or a DUPLICATE of that day. */
function checkOnce(
  account: AccountPlan,
  shown: readonly Line[],
  kept: readonly Kept[],
  books: Books,
): readonly Finding[] {
  const should = counted(shown, ({ currency, atMs, amount }) => keyOf(currency, dayIn(atMs, 'UTC'), amount))
  const is = counted(kept, ({ currency, date, amount }) => keyOf(currency, date, amount))
  const told = toldOf(books, account.name)
  const doubtful = told.filter(({ code }) => code === 'DUPLICATE').map(({ object, detail }) => `${object} ${detail}`)
  // What balances jump by is told with its amount.
  const jumps = told.filter(({ code }) => code === 'STATEMENT_GAP').map(({ amount }) => amount)
  return [...new Set([...should.keys(), ...is.keys()])].toSorted().flatMap((key) => {
    const [has, truth] = [is.get(key) ?? 0, should.get(key) ?? 0]
    const [, day = ''] = key.split(' ')
    if (has === truth || doubtful.some((text) => text.includes(day))) return []
    const amount = kept.find((each) => keyOf(each.currency, each.date, each.amount) === key)?.amount ?? 0n
    const isHeld = jumps.includes(amount * BigInt(has - truth)) || jumps.includes(amount * BigInt(truth - has))
    if (isHeld) return []
    return [{ oracle: 'line-once', says: `${account.name} has ${truth} lines of ${key} and ${has} are in the books` }]
  })
}

const POSTED = `
  select txn.object, account.key, sum(posting.amount) as amount
  from txn
  join posting on posting.book = txn.book and posting.seq = txn.seq
  join account on account.book = posting.book and account.id = posting.account
  join source on source.book = txn.book and source.id = txn.source
  where source.name = ? and txn.object like 'line:%'
  group by txn.object, account.key having sum(posting.amount) <> 0`

/** Only where a day's amount is of one line alone. */
function knownLines(shown: readonly Line[], kept: readonly Kept[]): readonly Known[] {
  const byKey = new Map<string, Line | null>()
  for (const line of shown) {
    const key = keyOf(line.currency, dayIn(line.atMs, 'UTC'), line.amount)
    byKey.set(key, byKey.has(key) ? null : line)
  }
  return kept.flatMap(({ id, currency, date, amount, disposition }) => {
    const line = byKey.get(keyOf(currency, date, amount)) ?? null
    return line === null ? [] : [{ id, date, disposition, line }]
  })
}

function checkAgainst(account: AccountPlan, known: readonly Known[], books: Books): readonly Finding[] {
  const lineOf = new Map(known.map(({ id, line }) => [`line:${id}`, line]))
  return books.rows(POSTED, account.name).flatMap(({ object, key, amount }) => {
    const line = lineOf.get(String(object))
    const against = String(key)
    if (line === undefined || against.endsWith(`:${account.name}`)) return []
    const [code = '', of] = against.split(':')
    // Which of fees, wires and taxes took what, the line does not say; what was paid out before them is one figure.
    const isRight = code !== '1110' || (of === line.network && amount === -line.gross)
    if (AGAINST[line.kind].includes(code) && isRight) return []
    const says = `${account.name} ${line.kind} of ${amountText(line.amount, 2)} on ${dayIn(line.atMs, 'UTC')} (${line.text}, ${amountText(line.gross, 2)} before what was taken) is booked against ${against} with ${amountText(amount as bigint, 2)}`
    return [{ oracle: 'line-against', says }]
  })
}

/** Of the chart of accounts, by type. */
const LEDGER: Readonly<Record<AccountPlan['type'], string>> = { bank: '1000', card: '2050', paypal: '1050' }

const BALANCE = `
  select sum(posting.amount) as amount
  from txn
  join posting on posting.book = txn.book and posting.seq = txn.seq
  join account on account.book = posting.book and account.id = posting.account
  where account.key = ? and txn.currency = ?`

/** Opening and everything that is settled; what is open or ignored is not in the books. */
function checkBalance(account: AccountPlan, kept: readonly Kept[], books: Books): readonly Finding[] {
  const isWaiting = books.openExceptions().some(({ code }) => code === 'RATE_MISSING')
  if (isWaiting) return []
  const key = `${LEDGER[account.type]}:${account.name}`
  return [...new Set([account.currency, ...kept.map(({ currency }) => currency)])].flatMap((currency) => {
    const opening = account.isOpeningStated && currency === account.currency ? account.opening : 0n
    const settled = kept
      .filter((each) => each.currency === currency && each.disposition !== 'ignored')
      .reduce((sum, { matched }) => sum + matched, 0n)
    const [row] = books.rows(BALANCE, key, currency)
    const is = (row?.['amount'] as bigint | null | undefined) ?? 0n
    if (is === opening + settled) return []
    const says = `${key} holds ${amountText(is, 2)} ${currency}, and its opening and settled lines come to ${amountText(opening + settled, 2)}`
    return [{ oracle: 'account-balance', says }]
  })
}

const TELLS: ReadonlySet<string> = new Set(['STATEMENT_GAP', 'PROOF_OF_CASH', 'STATEMENT_DOES_NOT_FOOT', 'DUPLICATE'])

const PROVED = `
  select coalesce(max(case when kind = 'proofs' then batch end), 0) > coalesce(max(case when kind = 'statement' then batch end), 0)
    as is_proved from log_record`

/** Whoever was killed between a file and its proofs has them from the next night, which may have been refused: then nobody could tell. */
function isProved(books: Books, when: 'night' | 'end'): boolean {
  return when === 'end' || Number(books.rows(PROVED)[0]?.['is_proved']) === 1
}

/** A line that no file shows, older than one that a file shows, makes the balances jump: something has to say so. */
function checkHole(facts: BankFacts, account: AccountPlan, shown: readonly Line[], books: Books): readonly Finding[] {
  const seen = new Set(shown.map(({ id }) => id))
  return [...new Set(shown.map(({ currency }) => currency))].flatMap((currency) => {
    const mine = facts.lines.filter((line) => line.account === account.name && line.currency === currency)
    const first = mine.findIndex(({ id }) => seen.has(id))
    const last = mine.findLastIndex(({ id }) => seen.has(id))
    const missing = mine.slice(first, last).filter(({ id }) => !seen.has(id))
    const sum = missing.reduce((total, { amount }) => total + amount, 0n)
    if (sum === 0n || !tells(account)) return []
    const isTold = toldOf(books, account.name).some(({ code }) => TELLS.has(code))
    if (isTold) return []
    const says = `${account.name} lacks ${missing.length} lines of ${amountText(sum, 2)} ${currency} between its statements (${dayIn(missing[0]?.atMs ?? 0, zoneOf(account))}), and nothing says so`
    return [{ oracle: 'hole-told', says }]
  })
}

/** Whether its files have balances at all. */
function tells({ format, variant }: AccountPlan): boolean {
  if (format === 'card-csv') return variant !== 1
  return format !== 'bank-csv' || variant !== 4
}

/** Who explains a file gets it imported. */
function checkImported({ downloads, imported }: BankFacts, account: AccountPlan): readonly Finding[] {
  return downloads.flatMap(({ name, plan }) =>
    imported.has(name) || plan.accounts[0] !== account.name
      ? []
      : [{ oracle: 'file-imported', says: `${name} was never taken, however it was explained` }],
  )
}
