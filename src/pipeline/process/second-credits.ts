/**
 * Second credits of refunds that a rule booked: where the wallet shows nothing else, they wait in suspense with an exception
 * of their own and are never the order's. Where the panel takes one back, the same proof brings suspense back to zero.
 */
import { abs, formatMoney, type Units } from '../../domain/money/money.ts'
import { isRefundOfTied } from '../../domain/orders/tie-evidence.ts'
import { isoDateInZone } from '../../domain/time/dates.ts'
import type { Evidence, IsoDate, TransactionDraft } from '../../domain/transaction.ts'
import { proveSecondCredit, type SecondCredit, type SecondCreditProof } from '../../domain/wallets/second-credit.ts'
import type { ProofRequest } from '../../domain/wallets/wallet-proof.ts'
import type { Landed } from '../../evidence/landing.ts'
import { refundRules } from '../../evidence/refund-rules.ts'
import type { RegisteredOrder } from '../../evidence/registered-order.ts'
import { findOrders } from '../../evidence/registry.ts'
import { creditedByRule, secondCreditOf, type HeldCredit } from '../../evidence/second-credits.ts'
import { ordersOf } from '../../evidence/wallet-changes.ts'
import { tiedOrders } from '../../evidence/wallet-ties.ts'
import { draftOf, evidenceOf, raise, settle, type BatchContext, type ContextSource } from './context.ts'

/** Orders that a tie was evidence for, compared with a credit. */
const MOST_TIED = 5_000

/** What waits in suspense of second credits: the books hold it, and no tie is evidence meanwhile. */
export function sumHeld(held: readonly HeldCredit[]): Units {
  return held.reduce((sum, { amount }) => sum + amount, 0n)
}

/** Null where the change is no second credit, none taken back, or not that alone. */
export async function findSecondCredit(
  context: BatchContext,
  source: ContextSource,
  request: ProofRequest,
  { due, held }: { readonly due: readonly RegisteredOrder[]; readonly held: readonly HeldCredit[] },
): Promise<SecondCreditProof | null> {
  const { db, book } = context
  const rules = await refundRules(db, book, source.id)
  if (rules.every(({ decidedAtMs }) => decidedAtMs === null)) return null
  const credited = await creditedByRule(db, book, source.id)
  const orders = await findOrders(db, book, source.id, credited)
  const newest = [...due, ...credited.flatMap((id) => orders.get(id) ?? [])]
  const proof = proveSecondCredit(request, possibleOf(newest, held))
  if (proof === null) return null
  return (await isKnownOtherwise(context, source, proof.credit, request)) ? null : proof
}

/** Every refund of a rule may be credited once more, and is believed to be so once; what is in suspense may be taken back. */
function possibleOf(orders: readonly RegisteredOrder[], held: readonly HeldCredit[]): readonly SecondCredit[] {
  const seen = new Set(held.map(({ orderId }) => orderId))
  const byId = new Map(orders.map((order) => [order.orderId, order]))
  const again = [...byId.values()]
    .filter(({ orderId, refunded, refundDue }) => refunded > 0n && !seen.has(orderId) && isWhole(refunded, refundDue))
    .map(({ orderId, refunded }) => ({ orderId, amount: refunded }))
  const back = held.filter(({ amount }) => amount > 0n).map(({ orderId, amount }) => ({ orderId, amount: -amount }))
  return [...back, ...again]
}

/** Credited, or due and about to be. */
function isWhole(refunded: Units, refundDue: Units): boolean {
  return refundDue === 0n || refundDue === refunded
}

/** Whether another order the books know, refunded, charged or judged net by just so much, would explain it as well. */
async function isKnownOtherwise(
  { db, book }: BatchContext,
  source: ContextSource,
  { orderId, amount }: SecondCredit,
  { walletDecimals }: ProofRequest,
): Promise<boolean> {
  const size = abs(amount)
  const figures = amount > 0n ? (['refunded', 'completed'] as const) : (['refunded', 'charged'] as const)
  for (const figure of figures) {
    const { shown, count } = await ordersOf(db, book, source.id, figure, size)
    if (count > 1 || shown.some((each) => each !== orderId)) return true
  }
  if (amount < 0n) return false
  const tied = await tiedOrders(db, book, source.id, { after: '', limit: MOST_TIED })
  return tied.length === MOST_TIED || (tied.length > 0 && isRefundOfTied(tied, amount, walletDecimals))
}

/** Puts a second credit into suspense, or takes one back from there. */
export async function bookSecondCredit(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  { orderId, amount }: SecondCredit,
  held: readonly HeldCredit[],
): Promise<TransactionDraft> {
  const object = secondCreditOf(orderId)
  const date = isoDateInZone(item.fetchedAtMs, context.settings.book.timeZone)
  const before = held.find((each) => each.orderId === orderId) ?? { orderId, amount: 0n, version: 0 }
  const draft = moveHeld(context, source, before, amount, {
    date,
    rule: amount > 0n ? 'suspense/second-credit' : 'suspense/taken-back',
    memo: amount > 0n ? 'the wallet was credited twice' : 'the panel took the second credit back',
    evidence: evidenceOf(item),
  })
  if (amount < 0n) {
    await settle(context, item, object)
    return draft
  }
  const detail = `the panel credited the refund of order ${orderId} once more on ${date}: ${formatMoney(amount)} ${source.currency} wait in suspense (1901) until it takes them back, which the wallet shows by itself, or a person says whose they are: adjustment (kept, as other income), refund-taken-back, or not-twice (it was something else)`
  await raise(context, item, {
    source: source.name,
    code: 'REFUND_TWICE',
    object,
    amount,
    currency: source.currency,
    detail,
  })
  return draft
}

interface Said {
  readonly date: IsoDate
  readonly rule: string
  readonly memo: string
  readonly evidence: Evidence
}

/** What changes what is in suspense of an order's second credit. */
export function moveHeld(
  context: Pick<BatchContext, 'rules'>,
  source: ContextSource,
  { orderId, amount, version }: HeldCredit,
  change: Units,
  { date, rule, memo, evidence }: Said,
): TransactionDraft {
  return draftOf(context, {
    source,
    object: secondCreditOf(orderId),
    kind: 'suspense-more',
    version: version + 1,
    amount: change,
    cumulative: amount + change,
    effectiveDate: date,
    rule,
    memo,
    evidence,
  })
}
