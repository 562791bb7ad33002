/**
 * What the books have to say of a story: of each of its lines exactly what happened, or nothing yet, and at the end all of
 * it; and what its accounts hold then.
 */
import type { Books } from '../../oracles/books.ts'
import { amountText } from '../amounts.ts'
import type { Finding } from '../part.ts'
import { dayText, type Holds, type Outcome, type Scene, type Story, type Want } from './story.ts'

const LINES = `
  select line.id, line.disposition from statement_line as line
  join source on source.book = line.book and source.id = line.account
  where source.name = ? and line.currency = ? and line.date = ? and line.amount = ? and line.uncounted is null`

const POSTED = `
  select account.key, txn.currency, sum(posting.amount) as amount from txn
  join posting on posting.book = txn.book and posting.seq = txn.seq
  join account on account.book = posting.book and account.id = posting.account
  join source on source.book = txn.book and source.id = txn.source
  where source.name = ? and txn.object = ?
  group by account.key, txn.currency having sum(posting.amount) <> 0`

const HELD = `
  select sum(posting.amount) as amount from txn
  join posting on posting.book = txn.book and posting.seq = txn.seq
  join account on account.book = posting.book and account.id = posting.account
  where account.key = ? and txn.currency = ?`

export function checkStory(scene: Scene, story: Story, books: Books, when: 'night' | 'end'): readonly Finding[] {
  const { wants = [], holds = [] } = story
  return [
    ...wants.flatMap((want) => checkLine(scene, want, books, when)),
    ...(when === 'end' ? holds.flatMap((each) => checkHolds(scene, each, books)) : []),
    ...(story.check?.(books, when) ?? []),
  ]
}

function checkLine(scene: Scene, want: Want, books: Books, when: 'night' | 'end'): readonly Finding[] {
  const { account, currency = 'USD', day, cents, text, outcomes } = want
  const date = dayText(scene, day)
  const rows = books.rows(LINES, account, currency, date, unitsOf(cents))
  const name = `${scene.kind}: ${account} ${textOf(cents)} ${currency} on ${date} (${text})`
  const [row] = rows
  if (row === undefined && when === 'night') return []
  if (row === undefined || rows.length > 1)
    return [{ oracle: 'desk-line', says: `${name} is ${rows.length} times in the books` }]
  const is = new Map<string, bigint>()
  for (const { key, currency: of, amount } of books.rows(POSTED, account, `line:${String(row['id'])}`)) {
    const at = `${String(key).split(':')[0] ?? ''} ${String(of)}`
    is.set(at, (is.get(at) ?? 0n) + (amount as bigint))
  }
  const last = outcomes[outcomes.length - 1] ?? {}
  if (when === 'night' ? outcomes.some((each) => isIt(is, each)) : isIt(is, last)) return []
  const booked = [...is].map(([at, amount]) => `${at} ${amountText(amount, 8)}`).join(', ')
  const should = Object.entries(last).map(([at, each]) => `${at} ${textOf(each)}`)
  const says = `${name} is ${String(row['disposition'])} and booked as ${booked || 'nothing'}, and was ${should.join(', ') || 'nothing'}`
  return [{ oracle: 'desk-line', says }]
}

function isIt(is: ReadonlyMap<string, bigint>, outcome: Outcome): boolean {
  const should = Object.entries(outcome).filter(([, cents]) => cents !== 0)
  return should.length === is.size && should.every(([at, cents]) => is.get(at) === unitsOf(cents))
}

function checkHolds(scene: Scene, { account, currency = 'USD', cents }: Holds, books: Books): readonly Finding[] {
  const [row] = books.rows(HELD, account, currency)
  const is = (row?.['amount'] as bigint | null | undefined) ?? 0n
  if (is === unitsOf(cents)) return []
  const says = `${scene.kind}: ${account} holds ${amountText(is, 8)} ${currency}, and ${textOf(cents)} by what happened`
  return [{ oracle: 'desk-holds', says }]
}

/** What a rate makes of an amount has decimals of a cent. */
function unitsOf(cents: number): bigint {
  return BigInt(Math.round(cents * 1_000_000))
}

function textOf(cents: number): string {
  return amountText(unitsOf(cents), 2)
}
