/**
 * A panel order as the books see it: what was registered of it, what the panel's answers said, and what the ledger holds.
 * `absorb` folds one more answer in; `wantOf` says what the ledger should hold in total (O1 to O6, W0). Amounts are units of
 * the wallet's currency, instants UTC milliseconds.
 */
import type { Units } from '../../domain/money/money.ts'
import { costOf, showCharge, type ChargeHistory } from './o1-charge.ts'
import { claimOf } from './o2-claim.ts'
import { endingOf, isFinal, type Ending, type OrderStatus } from './status.ts'

export interface OrderState extends ChargeHistory {
  readonly orderId: string
  /** Of the whole order, with its runs; null when nobody has told. */
  readonly quantity: bigint | null
  readonly orderedAtMs: number | null
  /** As an imported list shows them. */
  readonly listedCharge: Units | null
  readonly listedDecimals: number | null
  readonly listedRemains: bigint | null
  /** The order that named this one as its run (O5). */
  readonly parent: string | null
  readonly status: OrderStatus | null
  readonly remains: bigint | null
  readonly observedAtMs: number | null
  readonly terminalAtMs: number | null
  /** Its first answer, and what it said: of an order that is in the opening only what changes afterwards is posted (W0). */
  readonly firstSeenMs: number | null
  readonly firstSeenFinished: boolean
  readonly firstCost: Units | null
  readonly firstClaim: Units
  /** Posted: its cost, and its refund as owed. */
  readonly charged: Units
  readonly chargeVersion: number
  readonly refunded: Units
  readonly refundVersion: number
  /** The refund it claims, which is posted at the next look, and since when. */
  readonly claim: Units
  readonly claimMs: number | null
}

export interface OrderAnswer {
  readonly status: OrderStatus
  /** Null when the panel hides it. */
  readonly charge: Units | null
  readonly chargeDecimals: number
  readonly remains: bigint | null
  readonly atMs: number
}

/** What is known of the panel beside the order itself. */
export interface OrderPanel {
  /** W0: the instant of the wallet's opening; null while it has none. */
  readonly openingMs: number | null
  /** O4. */
  readonly lowered: ReadonlySet<Ending>
  /** A hidden charge is what the imported list shows (O6). */
  readonly chargeFromHistory: boolean
  readonly isPackage: boolean
  /** O5: the cost is another order's: a run's where its parent is charged, a parent's where its runs are. */
  readonly isChargedElsewhere: boolean
}

export interface OrderWant {
  /** Null: not known, so nothing is posted. */
  readonly cost: Units | null
  readonly claim: Units
  readonly needsQuantity: boolean
  /** True when it was paid before the wallet's opening: it is listed, and only what changes is posted (W0). */
  readonly isInOpening: boolean
}

/** The state after one more answer. An answer without a charge leaves what is known of the charge as it is. */
export function absorb(before: OrderState, answer: OrderAnswer): OrderState {
  const { status, charge, chargeDecimals, remains, atMs } = answer
  const final = isFinal(status)
  const shown = charge === null ? before : showCharge(before, { charge, decimals: chargeDecimals }, final)
  const isFirst = before.firstSeenMs === null
  return {
    ...before,
    highest: shown.highest,
    latest: shown.latest,
    confirmed: shown.confirmed,
    decimals: shown.decimals,
    status,
    remains,
    observedAtMs: atMs,
    terminalAtMs: final ? (endedBefore(before, atMs) ?? firstFinalAt(before, atMs)) : null,
    firstSeenMs: before.firstSeenMs ?? atMs,
    firstSeenFinished: isFirst ? final : before.firstSeenFinished,
  }
}

/** When it was first seen final, unless that lies after `atMs`: then a clock was ahead, and the instant says nothing. */
function endedBefore({ terminalAtMs }: OrderState, atMs: number): number | null {
  return terminalAtMs !== null && terminalAtMs <= atMs ? terminalAtMs : null
}

/** An order first seen final ended some time after it was placed; its own date keeps an imported history off tonight's schedule. */
function firstFinalAt({ observedAtMs, orderedAtMs }: OrderState, atMs: number): number {
  return observedAtMs === null ? (orderedAtMs ?? atMs) : atMs
}

/** True when the answer says nothing the state does not already hold, and repeats nothing that waits to be repeated. */
export function isSameAnswer(state: OrderState, answer: OrderAnswer): boolean {
  if (state.status !== answer.status || state.remains !== answer.remains) return false
  if (answer.charge === null) return true
  return state.latest === answer.charge && state.confirmed === answer.charge
}

/** O4: the ending in which the panel has lowered the charge of an order that was seen before it ended; null when it has not. */
export function loweredEnding(state: OrderState): Ending | null {
  const { firstSeenFinished, highest, latest, status } = state
  if (firstSeenFinished || highest === null || latest === null || latest >= highest) return null
  return endingOf(status)
}

/** When the order counts: the day it was placed, else first seen (O1). */
export function placedMs({ orderedAtMs, firstSeenMs }: OrderState): number | null {
  return orderedAtMs ?? firstSeenMs
}

/** What the ledger should hold of the order in total. */
export function wantOf(state: OrderState, panel: OrderPanel): OrderWant {
  const nothing = { cost: 0n, claim: 0n, needsQuantity: false, isInOpening: false }
  if (panel.isChargedElsewhere) return nothing
  const cost = costNow(state, panel)
  if (cost === null) return { ...nothing, cost: null }
  const isInOpening = isPaidBefore(state, panel)
  const { amount, needsQuantity } = claimNow(state, panel, cost, isInOpening)
  if (!isInOpening) return { cost, claim: amount, needsQuantity, isInOpening }
  return { cost: cost - (state.firstCost ?? cost), claim: amount - state.firstClaim, needsQuantity: false, isInOpening }
}

/** The cost and the claim of the first answer that told a charge, which are in the opening if the order is (W0). */
export function withFirst<T extends OrderState>(state: T, panel: OrderPanel): T {
  if (state.firstCost !== null) return state
  const cost = costNow(state, panel)
  return cost === null ? state : { ...state, firstCost: cost, firstClaim: claimNow(state, panel, cost, true).amount }
}

function costNow(state: OrderState, { chargeFromHistory }: OrderPanel): Units | null {
  const { listedCharge, listedDecimals, highest } = state
  if (highest === null && !chargeFromHistory) return null
  return costOf(state, listedCharge === null ? null : { charge: listedCharge, decimals: listedDecimals ?? 0 })
}

function claimNow(state: OrderState, panel: OrderPanel, cost: Units, isInOpening: boolean) {
  return claimOf({
    status: state.status,
    cost,
    charge: state.confirmed,
    remains: state.remains,
    listedRemains: state.listedRemains,
    quantity: state.quantity,
    isPackage: panel.isPackage,
    // What was claimed before the opening was settled before it, however the panel shows it.
    firstSeenFinished: state.firstSeenFinished && !isInOpening,
    lowered: panel.lowered,
  })
}

/** W0: placed before the opening, or without a day and finished when it was first seen. */
function isPaidBefore({ orderedAtMs, firstSeenFinished }: OrderState, { openingMs }: OrderPanel): boolean {
  if (orderedAtMs === null) return firstSeenFinished
  return openingMs !== null && orderedAtMs < openingMs
}
