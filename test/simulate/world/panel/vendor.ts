/**
 * The panel itself: its table of orders and its wallet, as they are at an instant. All of it follows from the plan and
 * from the orders that were placed over the wire. What a status says and what the wallet got are kept apart: they are two
 * things on real panels, too.
 */
import { firstWireIdOf } from './ids.ts'
import { priceOf, roundTo, shareOf } from './rounding.ts'
import type { AddPlan, EndPlan, Ending, PanelPlan, RefundKind, ScriptPlan, Service } from './plan.ts'

/** One row of the panel's table of orders. */
export interface Entry extends EndPlan {
  readonly id: string
  /** The order it was bought with: itself, or its parent. */
  readonly family: string
  readonly atMs: number
  readonly service: Service
  readonly link: string
  readonly quantity: number
  readonly gross: bigint
  /** Whether the wallet paid for it; runs of a drip-feed were paid with their parent. */
  readonly isPaid: boolean
  /** Parents have none. */
  readonly hasCharge: boolean
  readonly children: readonly string[] | null
  /** What its statuses lower the charge by. */
  readonly falls: readonly Move[]
  /** What the wallet got back. */
  readonly credits: readonly Move[]
  /** A second credit of the same, by mistake. */
  readonly again: readonly Move[]
  readonly isListed: boolean
}

export interface Move {
  readonly atMs: number
  readonly amount: bigint
}

/** What the panel says of an order at an instant. */
export interface Said {
  readonly status: 'Pending' | 'In progress' | Ending
  readonly charge: bigint | null
  readonly remains: number
}

export interface Vendor {
  readonly nowMs: () => number
  readonly advance: (ms: number) => void
  /** All that exist, oldest first. */
  readonly entries: () => readonly Entry[]
  readonly find: (id: string) => Entry | undefined
  /** The same, while the panel still answers about it. */
  readonly answerable: (id: string) => Entry | undefined
  readonly said: (entry: Entry) => Said
  readonly rateOf: (service: Service) => bigint
  /** To the last digit. */
  readonly balance: () => bigint
  /** As the wallet shows it. */
  readonly shownBalance: () => bigint
  /** An order over the wire, of the add of that name; the id, or why not. */
  readonly place: (
    name: string,
    quantity: number,
  ) => { readonly id: string } | { readonly error: string; readonly status: number }
  /** Instants at which requests to place it came. */
  readonly arrivals: (name: string) => readonly number[]
}

export const sumUpTo = (moves: readonly Move[], ms: number): bigint =>
  moves.reduce((sum, { atMs, amount }) => (atMs <= ms ? sum + amount : sum), 0n)

export function createVendor(plan: PanelPlan): Vendor {
  const { script } = plan
  let nowMs = plan.startMs
  const table: Entry[] = plan.orders.flatMap((order) => rowsOf(plan, order))
  const arrivals = new Map<string, number[]>()
  const there = (): readonly Entry[] => table.filter(({ atMs }) => atMs <= nowMs)
  const find = (id: string): Entry | undefined => table.find((entry) => entry.id === id && entry.atMs <= nowMs)
  const balance = (): bigint => {
    let sum = BigInt(plan.opening)
    for (const { atMs, amount, bonus } of plan.wallet) if (atMs <= nowMs) sum += BigInt(amount) + BigInt(bonus)
    for (const entry of there()) {
      if (entry.isPaid) sum -= entry.gross
      sum += sumUpTo(entry.credits, nowMs) + sumUpTo(entry.again, nowMs)
    }
    return sum
  }
  const rateOf = (service: Service): bigint => rateAt(plan, service, nowMs)
  const place: Vendor['place'] = (name, quantity) => {
    arrivals.set(name, [...(arrivals.get(name) ?? []), nowMs])
    const add = plan.adds.find((each) => each.name === name)
    if (add === undefined) return { error: 'Incorrect service ID', status: 404 }
    const isRunning = there().some(({ link, endsMs }) => link === name && endsMs > nowMs)
    if (script.refusesTwins && isRunning) return { error: 'neworder.error.link_duplicate', status: 400 }
    const gross = chargeOf(plan, add.service, quantity, nowMs)
    if (gross > balance()) return { error: 'neworder.error.not_enough_funds', status: 402 }
    let next = firstWireIdOf(plan.startMs, nowMs)
    while (table.some((entry) => entry.id === String(next))) next += 1
    const id = String(next)
    table.push(entryOf(plan, placed(add, id, quantity, gross, nowMs)))
    return { id }
  }
  return {
    nowMs: () => nowMs,
    advance: (ms) => void (nowMs = Math.max(nowMs, ms)),
    entries: there,
    find,
    answerable: (id) => {
      const entry = find(id)
      return (entry?.forgottenMs ?? Infinity) <= nowMs ? undefined : entry
    },
    said: (entry) => saidOf(entry, nowMs),
    rateOf,
    balance,
    shownBalance: () => roundTo(balance(), script.walletDecimals, script.walletCut),
    place,
    arrivals: (name) => arrivals.get(name) ?? [],
  }
}

/** As it is set up then. */
export function scriptAt({ script, upgrade }: PanelPlan, ms: number): ScriptPlan {
  if (upgrade === undefined || ms < upgrade.atMs) return script
  const { atMs: _since, ...changed } = upgrade
  return { ...script, ...changed }
}

export function rateAt(plan: PanelPlan, service: Service, ms: number): bigint {
  const rates = plan.rates.filter((rate) => rate.service === service && rate.atMs <= ms)
  return BigInt(rates.at(-1)?.rate ?? 100_000_000)
}

export function chargeOf(plan: PanelPlan, service: Service, quantity: number, ms: number): bigint {
  const isFlat = service === 'package' || (service === 'comments-package' && plan.script.packageUnit === 'order')
  const rate = rateAt(plan, service, ms)
  return priceOf(rate, isFlat ? null : quantity, plan.script.sharePercent, plan.script.decimals)
}

type Row = Omit<Entry, 'falls' | 'credits' | 'again'>

function placed(add: AddPlan, id: string, quantity: number, gross: bigint, atMs: number): Row {
  const { name, service, endsAfterMs, ending, creditAfterMs, againAfterMs } = add
  const remains = ending === 'Canceled' || ending === 'Failed' ? quantity : Math.min(add.remains, quantity - 1)
  const end = {
    endsMs: atMs + endsAfterMs,
    ending,
    remains,
    creditAfterMs,
    againAfterMs,
    late: null,
    forgottenMs: null,
  }
  const isOne = { family: id, isPaid: true, hasCharge: true, children: null, isListed: true }
  return { ...end, ...isOne, id, atMs, service, link: name, quantity, gross }
}

/** An order and what it stands for. */
function rowsOf(plan: PanelPlan, order: PanelPlan['orders'][number]): readonly Entry[] {
  const { family, typedMs: _typed, ...own } = order
  const link = `https://x.test/${order.id}`
  const row = { ...own, family: order.id, link, gross: grossOf(plan, order) }
  if (family === null) return [entryOf(plan, { ...row, isPaid: true, hasCharge: true, children: null })]
  const isDrip = family.kind === 'drip-feed'
  const isFree = isDrip && plan.script.parentForm === 'charge-and-free-runs'
  const children = family.children.map(({ gross, ...child }) =>
    entryOf(plan, {
      ...child,
      service: 'default',
      link,
      family: order.id,
      gross: isFree ? 0n : BigInt(gross),
      isPaid: !isDrip,
      hasCharge: true,
      children: null,
      isListed: family.areChildrenListed,
    }),
  )
  const parent = { ...row, isPaid: isDrip, hasCharge: false, children: family.children.map(({ id }) => id) }
  return [{ ...parent, falls: [], credits: [], again: [] }, ...children]
}

/** A smaller plan may have lost runs of a drip-feed, and nobody paid for those: more than rounding is between whole and runs. */
function grossOf({ script }: PanelPlan, { gross, family }: PanelPlan['orders'][number]): bigint {
  const whole = BigInt(gross)
  if (family?.kind !== 'drip-feed') return whole
  const runs = family.children.reduce((sum, child) => sum + BigInt(child.gross), 0n)
  const rounding = BigInt(family.children.length) * 10n ** BigInt(8 - script.decimals)
  return whole - runs > rounding ? runs : whole
}

/** Works out when how much of it comes back. */
function entryOf(plan: PanelPlan, row: Row): Entry {
  const falls: Move[] = []
  const credits: Move[] = []
  const again: Move[] = []
  const back = (kind: RefundKind, atMs: number, amount: bigint): void => {
    if (amount === 0n || row.creditAfterMs === null) return
    const creditedMs = atMs + row.creditAfterMs
    if (scriptAt(plan, atMs).shows[kind] === 'net') falls.push({ atMs, amount })
    credits.push({ atMs: creditedMs, amount })
    if (row.againAfterMs !== null) again.push({ atMs: creditedMs + row.againAfterMs, amount })
    if (row.againTakenMs !== undefined) again.push({ atMs: row.againTakenMs, amount: -amount })
  }
  if (row.early !== undefined)
    back('partial', row.early.atMs, refundOf(plan, row, 'partial', row.early.remains, row.early.atMs))
  const kind = kindOf(row.ending)
  const early = sumUpTo(credits, Infinity)
  if (kind === 'cancel') back('cancel', row.endsMs, row.gross - early)
  else if (row.remains > 0) back(kind, row.endsMs, refundOf(plan, row, kind, row.remains, row.endsMs))
  if (row.late?.status === 'Canceled') {
    const before = credits.reduce((sum, { amount }) => sum + amount, 0n)
    back('cancel', row.late.atMs, row.gross - before)
  } else if (row.late !== null) {
    const amount = refundOf(plan, row, 'partial', row.late.remains, row.late.atMs)
    back(row.late.status === 'Partial' ? 'partial' : 'completion', row.late.atMs, amount)
  }
  if (row.reopened !== undefined) {
    const { atMs } = row.reopened
    for (const moves of [falls, credits]) moves.push(...moves.map(({ amount }) => ({ atMs, amount: -amount })))
  }
  return { ...row, falls, credits, again }
}

function kindOf(ending: EndPlan['ending']): RefundKind {
  if (ending === 'Partial') return 'partial'
  return ending === 'Completed' ? 'completion' : 'cancel'
}

function refundOf(plan: PanelPlan, row: Row, kind: 'partial' | 'completion', remains: number, ms: number): bigint {
  const rounding = scriptAt(plan, ms).rounding[kind]
  const isFlat = row.service !== 'default'
  if (plan.script.formula === 'share' || isFlat) return shareOf(row.gross, remains, row.quantity, rounding)
  const now = shareOf(rateAt(plan, row.service, ms), remains, 1000, rounding)
  return now > row.gross ? row.gross : now
}

const PENDING_MS = 600_000

function saidOf(entry: Entry, ms: number): Said {
  const charge = entry.hasCharge ? entry.gross - sumUpTo(entry.falls, ms) : null
  if (entry.endsMs > ms) {
    const status = entry.atMs + PENDING_MS > ms ? 'Pending' : 'In progress'
    return { status, charge, remains: entry.quantity }
  }
  if (entry.reopened !== undefined && entry.reopened.atMs <= ms) {
    const { status } = entry.reopened
    return { status, charge, remains: status === 'Completed' ? 0 : entry.quantity }
  }
  if (entry.late !== null && entry.late.atMs <= ms)
    return { status: entry.late.status, charge, remains: entry.late.remains }
  return { status: entry.ending, charge, remains: entry.remains }
}
