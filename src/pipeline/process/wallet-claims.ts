/**
 * What a wallet's proof is asked: the change since the last consistent cut, the refunds that wait with the pass each was
 * claimed in, and how the panel may still round. Read from landed places alone, so neither the clock nor the order in which
 * a pass asked about its orders has a say.
 */
import type { Units } from '../../domain/money/money.ts'
import { refundCaseOf, REFUND_CASES, type RefundCase } from '../../domain/orders/order.ts'
import { roundingsUpTo, type RefundRounding } from '../../domain/orders/refund.ts'
import type { PendingRefund, RoundingsByCase } from '../../domain/wallets/claim-amounts.ts'
import type { ProofRequest, UntoldRounding } from '../../domain/wallets/wallet-proof.ts'
import { MOST_SUBSET_AMOUNTS, subsetsComingTo } from '../../domain/wallets/subset-sums.ts'
import { walletReadings, type WalletReading } from '../../evidence/readings.ts'
import type { RegisteredOrder } from '../../evidence/registered-order.ts'
import { excludedRoundings, mostChargeDecimals, type LearnedSemantics } from '../../evidence/semantics.ts'
import { hasUnasked } from '../../evidence/wallet-ties.ts'
import {
  decidedSince,
  hasUnseenRefunds,
  lateChargesSince,
  otherEvidenceSince,
  undatedChargesSince,
  waitedThen,
} from '../../evidence/wallet-span.ts'
import { deniedObjects, openObjects } from '../../reconcile/exceptions.ts'
import type { BatchContext, ContextSource } from './context.ts'
import { isMadeAfter, runChargesSince, runRounding } from './parent-families.ts'

/** Readings looked back on: two a night, more where finished orders are asked about again. */
const MOST_READINGS = 2_000
/** Cuts before a claim that are compared with what the books know now. */
const MOST_COMPARED = 5
/** Readings whose decimals say what the wallet shows: an answer may drop trailing zeros. */
const READINGS_OF_DECIMALS = 60

export interface WalletHistory {
  /** Before the pass, the newest first. */
  readonly readings: readonly WalletReading[]
  /** The last cut before the pass; null before the first. */
  readonly cut: WalletReading | null
  /** The landing that the pass starts with; 0 when none does. */
  readonly startBatch: number
  /** What the wallet held in the pass so far. */
  readonly balances: readonly Units[]
}

/** The readings before the pass that `batch` belongs to. A pass starts with a 'before' reading and may end with several 'after' ones. */
export async function walletHistory(
  { db, book }: BatchContext,
  source: ContextSource,
  batch: number,
): Promise<WalletHistory> {
  const all = await walletReadings(db, book, source.id, batch, MOST_READINGS)
  const start = all.findIndex(({ moment }) => moment === 'before')
  const readings = start === -1 ? [] : all.slice(start + 1)
  return {
    readings,
    cut: readings.find(isCut) ?? null,
    startBatch: all[start]?.batch ?? 0,
    balances: all.slice(0, start + 1).map(({ balance }) => balance),
  }
}

/** Whether the wallet stood still during the pass that ended with the reading. */
export function isCut({ moment, consistent }: WalletReading): boolean {
  return moment === 'after' && consistent
}

/** wallet − books as they were. */
export function differenceAt({ balance, booked }: WalletReading): Units {
  return balance - booked
}

export interface ProofAbout {
  readonly account: string
  /** wallet − books now. */
  readonly unexplained: Units
  readonly decimals: number
  readonly batch: number
  readonly orders: readonly RegisteredOrder[]
  readonly learned: LearnedSemantics
}

export async function proofRequest(
  context: BatchContext,
  source: ContextSource,
  { readings, cut }: Pick<WalletHistory, 'readings' | 'cut'>,
  about: ProofAbout,
): Promise<ProofRequest> {
  const { unexplained, orders } = about
  const late = cut === null ? NOTHING_LATE : await lateSince(context, source, about.account, cut)
  const stood = cut === null ? 0n : differenceAt(cut) - late.decided
  const change = unexplained - stood
  // Where the wallet ties, what came late is all that stood before: no credit beside it is left to be proven.
  const figures = unexplained === 0n ? [] : late.figures
  // That nothing moved says something only where what came late may be what stood at the cut.
  const others = figures.map((each) => change + each).filter((each) => each !== 0n || stood !== 0n)
  // Charges that came late, some of them or all, and are just what stood at the cut: then nothing came back.
  const isChargedLate = unexplained === 0n && change !== 0n && isChargedBy(late, change)
  const changes = isChargedLate ? [] : [...new Set([change, ...others])]
  const decimals = Math.max(
    about.decimals,
    ...readings.slice(0, READINGS_OF_DECIMALS).map((reading) => reading.decimals ?? 0),
  )
  const pending = await pendingOf(context, source, { readings, cut }, about)
  const ofPanel = pending.length === 0 ? 0 : await mostChargeDecimals(context.db, context.book, source.id)
  const chargeDecimals = Math.max(ofPanel, ...orders.map((each) => each.chargeDecimals))
  // Of so many undated charges the figures are not every way they may be taken.
  const ofDated = [change, change + late.rest].map((each) => each - late.dated)
  const untaken = { charges: late.undated, changes: [...new Set(ofDated)] }
  return {
    changes,
    whole: stood !== 0n ? unexplained : null,
    pending,
    roundings: await roundingsOf(context, source, Math.max(decimals, chargeDecimals), about),
    walletDecimals: decimals,
    chargeDecimals,
    hasUnknownCharges: await hasUnknownCharges(context, source),
    ...((await hasUnseenSince(context, source, cut, about)) ? { mustComeTo: unexplained } : {}),
    ...(areTakenEveryWay(late.undated) ? {} : { untaken }),
    ...(pending.length === 0 ? {} : { untold: await untoldSince(context, source, cut, stood !== 0n) }),
  }
}

/** Where the wallet tied at the cut, it cannot have paid for an order that the books lacked. */
async function hasUnseenSince(
  { db, book }: BatchContext,
  source: ContextSource,
  cut: WalletReading | null,
  { learned: { tallies } }: ProofAbout,
): Promise<boolean> {
  if (cut === null || differenceAt(cut) === 0n) return false
  const lowered = [
    ...(tallies.partial.verdict === 'gross' ? [] : (['partial'] as const)),
    ...(tallies.completion.verdict === 'gross' ? [] : (['completed'] as const)),
  ]
  return hasUnseenRefunds(db, book, source.id, cut, lowered)
}

async function untoldSince(
  context: BatchContext,
  source: ContextSource,
  cut: WalletReading | null,
  readsWhole: boolean,
): Promise<UntoldRounding> {
  const ever = cut === null || readsWhole ? await runRounding(context, source, 0) : 0n
  return { sinceCut: cut === null ? ever : await runRounding(context, source, cut.batch), ever }
}

/** An order that was never answered, or whose answer cannot be used, may have cost just what a reading would miss. */
export async function hasUnknownCharges({ db, book }: BatchContext, source: ContextSource): Promise<boolean> {
  if (await hasUnasked(db, book, source.id)) return true
  const unread = await openObjects(db, book, source.name, ['BAD_PAYLOAD', 'CURRENCY_MISMATCH'])
  return [...unread].some((object) => object.startsWith('order:') || object === 'statuses')
}

interface Late {
  /** What a person decided about the difference at the cut: it was in the wallet by then. */
  readonly decided: Units
  /** What evidence of other things came to; it may have been in the wallet as well. */
  readonly rest: Units
  /** What else may have been: that evidence of other things, charges of orders, or both. */
  readonly figures: readonly Units[]
  /** Charges of orders dated before. */
  readonly dated: Units
  /** Charges of orders without a day, and of runs whose parent may have been debited; each may have been in the wallet before or not. */
  readonly undated: readonly Units[]
}

const NOTHING_LATE: Late = { decided: 0n, rest: 0n, figures: [], dated: 0n, undated: [] }
/** So many undated charges are taken every way; of more each alone, and all. */
const MOST_TAKEN_APART = 4

/** Whether the change is one of the figures with its sign turned, or some of the undated charges put together. */
function isChargedBy({ figures, dated, undated }: Late, change: Units): boolean {
  if (figures.some((each) => change + each === 0n)) return true
  // Of so many some will come to anything.
  if (undated.length >= MOST_SUBSET_AMOUNTS) return true
  return [change, change - dated].some((each) => subsetsComingTo(undated, each, 1).count > 0)
}

/** Whether what they come to is known for all of them: see sumsOf. */
export function areTakenEveryWay(undated: readonly Units[]): boolean {
  return undated.length <= MOST_TAKEN_APART
}

/** What undated charges may come to that were in the wallet before: every way, of many each alone, or none. */
export function sumsOf(undated: readonly Units[]): readonly Units[] {
  if (!areTakenEveryWay(undated)) return undated
  return undated.reduce<readonly Units[]>((sums, each) => [...sums, ...sums.map((sum) => sum + each)], [0n])
}

/** What the books took up since, though it was or may have been in the wallet at the cut. */
async function lateSince(
  context: BatchContext,
  source: ContextSource,
  account: string,
  cut: WalletReading,
): Promise<Late> {
  const { db, book } = context
  const about = { source: source.id, account }
  const decided = await decidedSince(db, book, about, cut)
  const other = await otherEvidenceSince(db, book, about, cut)
  const booked = await lateChargesSince(db, book, source.id, cut)
  const rest = other - decided
  // Where the wallet tied at the cut, no charge can have been in it that the books lacked.
  const isTied = differenceAt(cut) === 0n
  const undatedOrders = isTied ? [] : await undatedChargesSince(db, book, source.id, cut, MOST_SUBSET_AMOUNTS)
  const runs = isTied ? [] : await runChargesSince(context, source, cut)
  const undated = [...undatedOrders, ...runs].slice(0, MOST_SUBSET_AMOUNTS).map(({ charged }) => charged)
  const charges = runs.reduce((sum, { charged }) => sum + charged, booked)
  const dated =
    undatedOrders.length === 0 ? booked : await lateChargesSince(db, book, source.id, cut, { isDated: true })
  const late = [...new Set([charges, ...sumsOf(undated).map((sum) => dated + sum)])]
  const figures = [rest, ...late.flatMap((each) => [-each, rest - each])]
  return { decided, rest, figures: [...new Set(figures)].filter((each) => each !== 0n), dated, undated }
}

async function pendingOf(
  context: BatchContext,
  source: ContextSource,
  { readings, cut }: Pick<WalletHistory, 'readings' | 'cut'>,
  { orders, account }: ProofAbout,
): Promise<readonly PendingRefund[]> {
  const starts = readings.filter(({ moment }) => moment === 'before').map(({ batch }) => batch)
  const cuts = readings.filter(isCut)
  const known = new Map<number, readonly Units[]>()
  const objects = orders.filter(({ status }) => refundCaseOf(status) !== null).map(({ orderId }) => `order:${orderId}`)
  const denied = await deniedObjects(context.db, context.book, source.name, objects)
  const pending: PendingRefund[] = []
  for (const order of orders) {
    const refundCase = refundCaseOf(order.status)
    if (refundCase === null) continue
    const claimed = order.claimBatch ?? order.evidenceBatch
    // Places count from the newest pass before this one, which is 0; what this pass claimed is 1.
    const since = starts.findIndex((batch) => batch <= claimed)
    const isThisPass = cut === null ? true : claimed > cut.batch
    const pass = isThisPass ? 1 : since === -1 ? -starts.length : -since
    // The panel may credit a refund some time before it says so, but the order was open for a whole pass after the one cut,
    // and was not placed yet at the other.
    const last = order.claimFromOpen === true ? cuts.findIndex(({ batch }) => batch < claimed) : -1
    const impossible = [last === -1 ? undefined : cuts[last + 1], cuts.find((each) => isMadeAfter(order, each))]
    const before = impossible.flatMap((each) => each ?? []).reduce(newest, null)
    if (before !== null && !known.has(before.batch))
      known.set(before.batch, known.size < MOST_COMPARED ? await differencesThen(context, source, account, before) : [])
    const notBefore = before === null ? null : { batch: before.batch, differences: known.get(before.batch) ?? [] }
    const { refunded, refundDue } = order
    // What is due was booked, and is a claim on the wallet all the same.
    const state = refundDue === 0n ? order : { ...order, refunded: refunded - refundDue }
    const isDenied = denied.has(`order:${order.orderId}`)
    pending.push({ state, refundCase, pass, isNew: isThisPass, notBefore, isDenied })
  }
  return pending
}

function newest(one: WalletReading | null, other: WalletReading): WalletReading {
  return one !== null && one.batch > other.batch ? one : other
}

/** What the wallet may have differed by at a cut, by what the books have learned of that time since. */
async function differencesThen(
  context: BatchContext,
  source: ContextSource,
  account: string,
  cut: WalletReading,
): Promise<readonly Units[]> {
  if (differenceAt(cut) === 0n) return [0n]
  const { decided, figures } = await lateSince(context, source, account, cut)
  const waited = await waitedThen(context.db, context.book, source, cut)
  const differences = [0n, ...figures].map((each) => differenceAt(cut) - decided - each)
  return [...new Set([...differences, ...differences.map((each) => each - waited)])]
}

/** Every rounding that no proven refund of the kind contradicts, what is believed first; all of them when none is left. */
async function roundingsOf(
  { db, book }: BatchContext,
  source: ContextSource,
  decimals: number,
  { learned }: ProofAbout,
): Promise<RoundingsByCase> {
  const all = roundingsUpTo(decimals)
  const excluded = await excludedRoundings(db, book, source.id)
  const of = (refundCase: RefundCase): readonly RefundRounding[] => {
    const left = all.filter((each) => !excluded[refundCase].some((other) => isSameRounding(each, other)))
    const believed = learned.roundings[refundCase]
    const isBelieved = (each: RefundRounding): boolean => believed !== null && isSameRounding(each, believed)
    const open = left.length === 0 ? all : left
    return [...open.filter(isBelieved), ...open.filter((each) => !isBelieved(each))]
  }
  const [cancel, partial, completion] = REFUND_CASES
  return { cancel: of(cancel), partial: of(partial), completion: of(completion) }
}

export function isSameRounding(one: RefundRounding, other: RefundRounding): boolean {
  return one.mode === other.mode && one.decimals === other.decimals
}
