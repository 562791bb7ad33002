/**
 * What a wallet says about an order whose answer never came: it fell by the price, it did not move, or it did something
 * that this order alone cannot explain. A witness, not a judge: other orders and refunds use the same wallet.
 */
import { abs, formatMoney, type Units } from '../money/money.ts'

export interface WalletMovement {
  /** Null when that reading failed. */
  readonly before: Units | null
  readonly after: Units | null
  /** Decimals the wallet shows. */
  readonly decimals: number
  /** Every price the order may have had. */
  readonly prices: readonly Units[]
}

export interface WalletVerdict {
  readonly kind: 'charged' | 'unchanged' | 'other' | 'unread'
  readonly sentence: string
}

export function judgeWallet({ before, after, decimals, prices }: WalletMovement): WalletVerdict {
  if (before === null || after === null) {
    return { kind: 'unread', sentence: 'the wallet could not be read both before and after' }
  }
  const fall = before - after
  const tolerance = toleranceOf(decimals)
  const price = prices.find((each) => each > tolerance && abs(fall - each) <= tolerance)
  if (price !== undefined) {
    return { kind: 'charged', sentence: `the wallet fell by ${formatMoney(fall)}, the price of this order` }
  }
  // A price below the last decimal shown would not have moved the wallet either way.
  if (fall === 0n && prices.every((each) => each > tolerance)) {
    return { kind: 'unchanged', sentence: 'the wallet did not move' }
  }
  const expected = prices.map((each) => formatMoney(each)).join(' or ')
  const moved = fall === 0n ? 'did not move' : `${fall > 0n ? 'fell' : 'rose'} by ${formatMoney(abs(fall))}`
  return { kind: 'other', sentence: `the wallet ${moved} where this order costs ${expected}, which proves nothing` }
}

/** Whether a wallet read before and after a placed order fell by one of its prices; true when it was not read both times. */
export function isChargedAsExpected({ before, after, decimals, prices }: WalletMovement): boolean {
  if (before === null || after === null) return true
  return prices.some((each) => abs(before - after - each) <= toleranceOf(decimals))
}

/** Whether a wallet pays for an order of this price and then not for another one. */
export function holdsOnce(balance: Units, decimals: number, price: Units): boolean {
  return balance + toleranceOf(decimals) >= price && balance - toleranceOf(decimals) < 2n * price
}

/** The last decimal that the wallet shows. */
function toleranceOf(decimals: number): Units {
  return 10n ** BigInt(Math.max(0, 8 - decimals))
}
