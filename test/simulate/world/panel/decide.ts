/**
 * What somebody who has asked the panel says to an exception about one of its orders: what came back, or that nothing did.
 * The wallet's own difference waits until all orders are decided, since they explain a part of it.
 */
import type { Books, OpenException } from '../../oracles/books.ts'
import { amountText } from '../amounts.ts'
import { byOrder, walletLines, type Truth } from './check.ts'
import { sumUpTo } from './vendor.ts'

const PERSON = ['--by', 'Ana', '--why', 'the panel was asked']
/** Exceptions about money that an order's status promises. */
const CLAIMS = ['REFUND_MISSING', 'CHARGE_SEMANTICS_AMBIGUOUS', 'AMOUNT_DIFF', 'STATUS_REGRESSION']
/** An order whose charge the panel hides comes to such a claim once its price is booked. */
const BEFORE_CLAIMS = [...CLAIMS, 'BAD_PAYLOAD', 'PARENT_CHARGE']

/** Null: this is not about an order or the wallet of the panel, or any answer will do. */
export function decide(
  truth: Truth,
  { source, object, code, number, amount }: OpenException,
  books: Books,
): readonly (readonly string[])[] | null {
  const { plan, vendor } = truth
  if (source !== plan.name) return null
  // The evening's look at the panel's list decides these.
  if (code === 'POSTING_UNCERTAIN') return []
  // A setting ends it, or nobody: what the panel means by the name is not known to these people.
  if (code === 'CURRENCY_MISMATCH') return []
  const resolve = (...as: readonly string[]): readonly (readonly string[])[] => [
    ['exceptions', 'resolve', `E-${number}`, '--as', ...as, ...PERSON],
  ]
  if (object === 'wallet') {
    const others = books.openExceptions().filter((each) => each.source === source && BEFORE_CLAIMS.includes(each.code))
    if (others.length > 0) return []
    const known = code === 'MISSING_IN_BOOKS' ? whatItIs(truth, amount) : null
    return known === null ? null : resolve(...known)
  }
  // Whoever asks the panel hears one of these.
  if (code === 'REFUND_TWICE') return resolve(whatTwiceIs(truth, object))
  if (!object.startsWith('order:')) return null
  // The download lists it: that the panel does not know it any more answers nothing. A mistyped id is known to nobody.
  if (code === 'MISSING_AT_VENDOR' && vendor.find(object.slice('order:'.length)) !== undefined) return []
  if (code === 'BAD_PAYLOAD' && plan.script.chargeForm === 'none') return resolve('history-price')
  if (code === 'PARENT_CHARGE') return resolve(isParentBooked(truth, object, books) ? 'ignore' : 'book')
  if (!CLAIMS.includes(code)) return null
  const entry = vendor.find(object.slice('order:'.length))
  if (entry === undefined) return null
  const booked = byOrder(walletLines(books, plan)).get(entry.id)
  const charged = booked?.charged ?? 0n
  const cost = entry.gross - sumUpTo(entry.credits, vendor.nowMs())
  const left = charged - (booked?.refunded ?? 0n) - cost
  if (code === 'STATUS_REGRESSION')
    return left < 0n ? resolve('refund-taken-back', '--amount', amountText(-left, 8)) : resolve('refund-stands')
  // The panel says that it is on its way, or knows nothing of it yet.
  const isComing = entry.credits.some(({ atMs }) => atMs > vendor.nowMs())
  if (left <= 0n && isComing && Math.floor(Number(entry.id) / 4) % 2 === 0) return []
  if (left > 0n) return resolve('received', '--amount', amountText(left, 8))
  return resolve(code === 'AMOUNT_DIFF' ? 'accept' : 'denied')
}

/** What the panel says of an order's second credit: it gave one and leaves it, took it back, or gave none. */
function whatTwiceIs({ vendor }: Truth, object: string): string {
  const id = object.split(':').at(-1) ?? ''
  const again = vendor.find(id)?.again ?? []
  const given = again.filter(({ atMs }) => atMs <= vendor.nowMs())
  if (given.length === 0) return 'not-twice'
  if (sumUpTo(given, vendor.nowMs()) === 0n) return 'refund-taken-back'
  // Numbers of a panel go up by steps.
  return Math.floor(Number(id) / 4) % 2 === 0 ? 'adjustment' : 'write-off'
}

/** The one thing at the panel that nobody stated and that the wallet's whole difference is; null where it is no such thing. */
function whatItIs({ plan, vendor, people }: Truth, amount: bigint | null): readonly string[] | null {
  const there = plan.wallet.filter(({ atMs }) => atMs <= vendor.nowMs())
  const payment = there.find((each) => each.kind === 'top-up' && BigInt(each.amount) === amount)
  if (payment !== undefined && payment.bonus === 0 && !people.stated.has(payment.reference)) {
    people.stated.add(payment.reference)
    return ['top-up', '--reference', payment.reference]
  }
  const given = there.find((each) => each.bonus > 0 && BigInt(each.bonus) === amount)
  if (given !== undefined && !people.statedBonuses.has(given.reference)) {
    people.statedBonuses.add(given.reference)
    return ['bonus', '--reference', `${given.reference}-bonus`]
  }
  const byHand = there.find((each) => each.kind === 'manual' && BigInt(each.amount) === amount)
  if (byHand === undefined) return null
  // The panel's support knows of it, or nobody does.
  return byHand.amount % 3 === 0 ? ['write-off'] : ['adjustment']
}

/** Whether the books hold what parent and runs have cost in the end by what the runs themselves show. */
function isParentBooked({ plan, vendor }: Truth, object: string, books: Books): boolean {
  const parent = vendor.find(object.slice('order:'.length))
  if (parent === undefined) return true
  const booked = byOrder(walletLines(books, plan))
  const members = vendor.entries().filter(({ family }) => family === parent.id)
  const apart = members.reduce((sum, { id, isPaid, gross, credits }) => {
    const { charged, refunded } = booked.get(id) ?? { charged: 0n, refunded: 0n }
    return sum + (isPaid ? gross : 0n) - sumUpTo(credits, vendor.nowMs()) - charged + refunded
  }, 0n)
  return apart < parent.gross
}
