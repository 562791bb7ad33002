/**
 * Whether the books tell the panel's truth. Per order: what it cost and what came back, or an open exception that holds the
 * difference. Per wallet: what the books hold beside what the panel holds. Written from the world alone.
 */
import type { Books, OpenException, PostedLine } from '../../oracles/books.ts'
import { amountText } from '../amounts.ts'
import type { Finding } from '../part.ts'
import { checkDates } from './check-dates.ts'
import { isSumOfOthers, sumRoundedTwoWays } from './check-sums.ts'
import { DAY_MS, HOUR_MS } from './draw-orders.ts'
import type { People } from './people.ts'
import type { PanelPlan } from './plan.ts'
import { scriptAt, sumUpTo, type Entry, type Vendor } from './vendor.ts'

export interface Truth {
  readonly plan: PanelPlan
  readonly vendor: Vendor
  readonly people: People
}

/** What the books moved the wallet by for one order. */
export interface Booked {
  readonly charged: bigint
  readonly refunded: bigint
}

const NONE: Booked = { charged: 0n, refunded: 0n }
const show = (amount: bigint): string => amountText(amount, 8)
const sizeOf = (amount: bigint): bigint => (amount < 0n ? -amount : amount)

export function checkPanel(truth: Truth, books: Books, when: 'night' | 'end'): readonly Finding[] {
  const { plan } = truth
  const lines = walletLines(books, plan)
  const open = books.openExceptions().filter(({ source }) => source === plan.name)
  const booked = byOrder(lines)
  const never = [
    ...nothingWrong(truth, booked, books),
    ...paymentsOnce(truth, lines),
    ...placedOnce(truth),
    ...placedAndTold(truth, books),
    ...checkDates(truth, books),
  ]
  if (when === 'night') return never
  const atEnd = [...everythingTold(truth, books, booked, open, lines), ...walletHeld(truth, lines, open)]
  return [...never, ...atEnd, ...allExplained(truth, held1310(open) + suspended(lines))]
}

export function walletLines(books: Books, { name }: PanelPlan): readonly PostedLine[] {
  return books.postedOf(name).filter(({ account }) => account === `1310:${name}`)
}

/** What is booked as due by a rule that people accepted: it may come, and is no question before its time is over. */
function dueByOrder(books: Books, { name }: PanelPlan): ReadonlyMap<string, bigint> {
  const due = new Map<string, bigint>()
  for (const { account, object, amount } of books.postedOf(name)) {
    if (account !== `1330:${name}` || !object.startsWith('order:')) continue
    const id = object.slice('order:'.length)
    due.set(id, (due.get(id) ?? 0n) + amount)
  }
  return due
}

/** Orders that are said to be settled since the wallet tied. */
function settledByTies(books: Books, { name }: PanelPlan): ReadonlySet<string> {
  const rows = books.rows(
    `select order_state.order_id from order_state
     join source on source.book = order_state.book and source.id = order_state.source
     where source.name = ? and order_state.gross_basis = 'tied'`,
    name,
  )
  return new Set(rows.map((row) => String(row['order_id'])))
}

export function byOrder(lines: readonly PostedLine[]): ReadonlyMap<string, Booked> {
  const orders = new Map<string, Booked>()
  for (const { object, kind, amount } of lines) {
    if (!object.startsWith('order:')) continue
    const id = object.slice('order:'.length)
    const { charged, refunded } = orders.get(id) ?? NONE
    const isCharge = kind === 'charge'
    orders.set(id, { charged: charged - (isCharge ? amount : 0n), refunded: refunded + (isCharge ? 0n : amount) })
  }
  return orders
}

/** What has come back of it by now, by any sign: the charge or the wallet. A second credit is the wallet's, not the order's. */
function backOf(entry: Entry, nowMs: number): bigint {
  const [fallen, credited] = [sumUpTo(entry.falls, nowMs), sumUpTo(entry.credits, nowMs)]
  return fallen > credited ? fallen : credited
}

/** Holds on every night: nothing is booked that never was. */
function nothingWrong(truth: Truth, booked: ReadonlyMap<string, Booked>, books: Books): readonly Finding[] {
  const { plan, vendor } = truth
  const nowMs = vendor.nowMs()
  return [...booked].flatMap(([id, { charged, refunded }]) => {
    const entry = vendor.find(id)
    const name = `${plan.name} order ${id}`
    if (entry === undefined) return [{ oracle: 'panel-order-unknown', says: `${name} is booked and does not exist` }]
    const says = `${name} (${entry.ending}) cost ${show(entry.gross)}, ${show(backOf(entry, nowMs))} came back; booked are ${show(charged)} and ${show(refunded)}`
    if (charged - entry.gross > unlisted(plan) || charged < 0n) return [{ oracle: 'panel-charge-too-high', says }]
    if (
      charged - refunded < entry.gross - backOf(entry, nowMs) - onlyListed(plan) &&
      charged !== 0n &&
      !isAnyones(truth, booked, entry) &&
      !isSumOfOthers(truth, books, entry)
    )
      return [{ oracle: 'panel-refund-never-given', says }]
    return []
  })
}

/** What a list leaves out of a price: of an order that the panel first shows with less, the list is all there is. */
function unlisted({ script: { listDecimals, decimals } }: PanelPlan): bigint {
  return listDecimals < decimals ? 10n ** BigInt(8 - listDecimals) : 0n
}

/** Where the API shows no charge, what the list leaves out is not known either; by the end a newer script has shown all. */
function onlyListed(plan: PanelPlan): bigint {
  return plan.script.chargeForm === 'none' ? unlisted(plan) : 0n
}

/**
 * Credits of one amount cannot be told apart by a wallet: that of a sibling that costs the same, or a second one of it. What
 * is booked as come back (or was never charged in the books, since it had come back before) may be no more than there are.
 */
function isAnyones({ vendor, people }: Truth, booked: ReadonlyMap<string, Booked>, entry: Entry): boolean {
  const isTold = ({ id, family }: Entry): boolean => people.told.has(id) || people.told.has(family)
  const back = (each: Entry): bigint => {
    const { charged, refunded } = booked.get(each.id) ?? NONE
    const isSeen = booked.has(each.id) || (isTold(each) && vendor.said(each).charge === 0n)
    return isSeen ? each.gross - charged + refunded : 0n
  }
  const amount = back(entry)
  const all = vendor.entries()
  const credits = all.flatMap((each) => [...each.credits, ...each.again])
  const given = credits.filter((credit) => credit.amount === amount && credit.atMs <= vendor.nowMs()).length
  return all.filter((each) => back(each) === amount).length <= given
}

/** Each payment counts once, and only when somebody stated it. */
function paymentsOnce({ plan, people }: Truth, lines: readonly PostedLine[]): readonly Finding[] {
  const sum = (kind: string): bigint =>
    lines.reduce((total, line) => (line.kind === kind ? total + line.amount : total), 0n)
  const findings: Finding[] = []
  const atMost = (kind: string, most: bigint): void => {
    const says = `${plan.name}: ${kind} of ${show(sum(kind))} is booked where ${show(most)} was stated`
    if (sum(kind) > most) findings.push({ oracle: 'panel-payment-twice', says })
  }
  const told = plan.wallet.filter(({ reference }) => people.stated.has(reference))
  const given = plan.wallet.filter(({ reference }) => people.statedBonuses.has(reference))
  atMost(
    'top-up',
    told.reduce((total, { amount }) => total + BigInt(amount), 0n),
  )
  atMost(
    'bonus',
    given.reduce((total, { bonus }) => total + BigInt(bonus), 0n),
  )
  atMost('opening-wallet', people.stated.has('opening') ? BigInt(plan.opening) : 0n)
  return findings
}

/** Requests of one instant are one request that the wire doubled. */
function placedOnce({ plan, vendor }: Truth): readonly Finding[] {
  return plan.adds.flatMap(({ name }) => {
    const orders = vendor.entries().filter(({ link }) => link === name)
    const sent = new Set(orders.map(({ atMs }) => atMs)).size
    if (sent <= 1) return []
    return [{ oracle: 'panel-placed-twice', says: `${plan.name}: ${name} was placed ${sent} times` }]
  })
}

/** Within so much time an order that was sent has arrived, or never does. */
const ONE_TRY_MS = HOUR_MS

/** What the panel has taken is not said to be refused: whoever reads that would order it once more. */
function placedAndTold({ plan, vendor }: Truth, books: Books): readonly Finding[] {
  const sql = `select panel_add.state, panel_add.parameters, panel_add.sent_at_ms from panel_add
    join source on source.book = panel_add.book and source.id = panel_add.source where source.name = ?`
  const rows = plan.adds.length === 0 ? [] : books.rows(sql, plan.name)
  return plan.adds.flatMap(({ name }) => {
    const said = rows.filter(({ parameters }) => String(parameters).includes(JSON.stringify(name)))
    const there = vendor.entries().find(({ link }) => link === name)
    // Of an earlier try it is right; a restored backup may know of no later one.
    const isOfIt = ({ sent_at_ms: sentMs }: (typeof rows)[number]): boolean =>
      there !== undefined && there.atMs - Number(sentMs) < ONE_TRY_MS
    if (!said.some(isOfIt) || said.some(({ state }) => state !== 'refused')) return []
    return [{ oracle: 'panel-placed-refused', says: `${plan.name}: ${name} is there, and is said to be refused` }]
  })
}

/** Of everything that people told of: exact, or held by an open exception about it or about the wallet. */
function everythingTold(
  truth: Truth,
  books: Books,
  booked: ReadonlyMap<string, Booked>,
  open: readonly OpenException[],
  lines: readonly PostedLine[],
): readonly Finding[] {
  const { plan, vendor, people } = truth
  const nowMs = vendor.nowMs()
  const held = held1310(open) + suspended(lines)
  const due = dueByOrder(books, plan)
  const tied = settledByTies(books, plan)
  const isTied = vendor.shownBalance() - lines.reduce((sum, { amount }) => sum + amount, 0n) === 0n
  return groupsOf(vendor, people).flatMap((members) => {
    const [head] = members
    if (head === undefined) return []
    const runs = head.isPaid ? members.length - 1 : 0
    const costs = (entry: Entry): bigint => (entry.isPaid ? entry.gross : 0n) - sumUpTo(entry.credits, nowMs)
    const cost = members.reduce((sum, entry) => sum + costs(entry), 0n)
    const has = members.map(({ id }) => booked.get(id) ?? NONE)
    const bookedCost = has.reduce((sum, { charged, refunded }) => sum + charged - refunded, 0n)
    const waiting = members.reduce((sum, { id }) => sum + (due.get(id) ?? 0n), 0n)
    const apart = [bookedCost - cost, bookedCost - waiting - cost]
      .map(sizeOf)
      .reduce((one, other) => (one < other ? one : other))
    if (apart <= roundedRuns(plan, runs)) return []
    const says = `${plan.name} order ${head.id} (${head.ending}, of ${members.length}) cost ${show(cost)} and is booked as ${show(bookedCost)}`
    const own = open.filter(({ object }) => members.some(({ id }) => namesOrder(object, id)))
    if (own.length > 0 || members.some((entry) => isSumOfOthers(truth, books, entry))) return []
    // A partial order first seen over is settled where the wallet ties; what comes of it later is the wallet's difference.
    if (bookedCost > cost && held >= apart && members.every(({ id }) => tied.has(id))) return []
    // What every status shows has to be booked, or to be an exception of its own; a wallet's holds the rest.
    if (
      members.every(
        (entry) => entry.credits.length === 0 || (isShown(truth, entry) && !isGoneAtOnce(truth, entry, booked)),
      )
    )
      return [{ oracle: 'panel-order-silent', says }]
    if (held !== 0n) return []
    const oracle = isTied ? 'panel-zero-proof' : 'panel-order-wrong'
    return [{ oracle, says }]
  })
}

/** Whether the panel still says that money came back: by a lower charge, or by its status. */
function isShown({ plan, vendor }: Truth, entry: Entry): boolean {
  const { status, charge } = vendor.said(entry)
  if (!entry.hasCharge || vendor.answerable(entry.id) === undefined) return false
  // A partial order that is canceled after all: whether the charge that is left was kept, no document says.
  if (status === 'Canceled' && charge !== null && charge > 0n && charge < entry.gross) return false
  return (
    ['Partial', 'Canceled', 'Failed'].includes(status) ||
    (scriptAt(plan, vendor.nowMs()).chargeForm !== 'none' && charge !== null && charge < entry.gross)
  )
}

/**
 * A run that was over before anybody asked, at a charge that had fallen to nothing (domain.md 1.1), beside a parent that shows
 * the whole and keeps it: what the run had cost, and so what came back of the whole, no answer tells. Only the wallet does.
 */
function isGoneAtOnce({ plan, vendor }: Truth, entry: Entry, booked: ReadonlyMap<string, Booked>): boolean {
  const isRun = !entry.isPaid && entry.family !== entry.id
  const isWholeBooked = (booked.get(entry.family) ?? NONE).charged > 0n && !booked.has(entry.id)
  return isRun && plan.script.parentForm === 'charge' && isWholeBooked && vendor.said(entry).charge === 0n
}

/** "order:17", "price:17", "refund:17", "late-refund:17:2026-03". */
function namesOrder(object: string, id: string): boolean {
  return object.split(':').includes(id)
}

/** Orders that are compared as one: a drip-feed that people told of, with its runs, or any other single order. */
function groupsOf(vendor: Vendor, { told }: People): readonly (readonly Entry[])[] {
  const all = vendor.entries()
  return all
    .filter(({ id, family }) => id === family)
    .flatMap((head) => {
      const children = all.filter(({ id, family }) => family === head.id && id !== head.id)
      const isHeadTold = told.has(head.id)
      if (children.length === 0) return isHeadTold ? [[head]] : []
      // What a drip-feed's runs cost was taken with the parent; posts of a subscription are orders like others.
      if (head.isPaid) return isHeadTold ? [[head, ...children]] : []
      return children.filter(({ id }) => isHeadTold || told.has(id)).map((child) => [child])
    })
}

/** A drip-feed is taken from the wallet as a whole, and each run's charge is rounded: domain.md 1.3. */
function roundedRuns({ script }: PanelPlan, runs: number): bigint {
  return BigInt(runs) * 10n ** BigInt(8 - script.decimals)
}

/** What people put into suspense: it explains nothing yet. */
function suspended(lines: readonly PostedLine[]): bigint {
  return lines.reduce((sum, { kind, amount }) => (kind.startsWith('suspense') ? sum + amount : sum), 0n)
}

/** What open exceptions about the wallet say that it holds beyond the books. */
function held1310(open: readonly OpenException[]): bigint {
  return open
    .filter(({ object, code }) => object === 'wallet' && ['MISSING_IN_BOOKS', 'ROUNDING'].includes(code))
    .reduce((sum, { amount }) => sum + (amount ?? 0n), 0n)
}

/** The wallet as it was shown last, less the books, is what the wallet's exception says. */
function walletHeld(
  { plan, vendor }: Truth,
  lines: readonly PostedLine[],
  open: readonly OpenException[],
): readonly Finding[] {
  const inBooks = lines.reduce((sum, { amount }) => sum + amount, 0n)
  const apart = vendor.shownBalance() - inBooks
  const held = held1310(open)
  // It stands in for what is missing: never for more than that, nor for the opposite.
  const waits = suspended(lines.filter(({ object }) => object === 'suspense:wallet'))
  const without = apart + waits
  const isNeeded = waits === 0n || (waits > 0n ? waits <= without : waits >= without)
  if (!isNeeded) {
    const says = `${plan.name}: ${show(waits)} are in suspense, and the wallet lacks ${show(without)} without it`
    return [{ oracle: 'panel-suspense-left', says }]
  }
  if (apart === held) return []
  const says = `${plan.name}: the wallet holds ${show(vendor.shownBalance())}, the books ${show(inBooks)}, and exceptions hold ${show(held)}`
  return [{ oracle: 'panel-wallet-not-held', says }]
}

/** Where each order was told and credited once, as it claims, and nothing else moved the wallet, nothing is left to explain. */
function allExplained({ plan, people, vendor }: Truth, left: bigint): readonly Finding[] {
  const isPlain = plan.rules !== undefined && plan.wallet.length === 0 && plan.upgrade === undefined
  const areCredited = plan.orders.every(
    ({ id, creditAfterMs, againAfterMs }) => creditAfterMs === 0 && againAfterMs === null && people.told.has(id),
  )
  const firstNightMs = plan.startMs + DAY_MS
  const ofFirst = vendor.entries().filter(({ endsMs, ending }) => endsMs < firstNightMs && ending !== 'Canceled')
  if (!isPlain || !areCredited || left === 0n || left === sumRoundedTwoWays(ofFirst, plan.script.rounding.partial))
    return []
  const says = `${plan.name}: ${show(left)} of the wallet are explained by nothing`
  return [{ oracle: 'panel-never-explained', says }]
}
