/**
 * Who pays for a top-up: PayPal at once, as long as it holds enough; the bank by card or wire on the next business day.
 * Some cards cost 3 % more. Every line names the vendor's receipt, as bills are paid that way.
 */
import { divideHalfUp, type Units } from '../../../domain/money/money.ts'
import { mustParseMoney } from '../amounts.ts'
import type { TopUp, World } from '../state.ts'
import { bankMorning, bookLater, bookLine, strikes } from './book.ts'
import { balanceOf } from './state.ts'

const CENT = 1_000_000n
const KEPT_ON_PAYPAL = mustParseMoney('200.00')

export function payTopUp(world: World, payer: string, { amount, reference, method }: TopUp): void {
  const { money } = world
  if (money === undefined) return
  if (strikes(world, money, 'never-charged')) return
  const about = `top-up ${reference}`
  const party = partyOf(world, payer)
  if (method === 'PayPal' && balanceOf(money, 'paypal') >= amount + KEPT_ON_PAYPAL) {
    const line = { account: 'paypal' as const, gross: -amount, party, reference, about, text: 'Wallet top-up' }
    if (money.random.chance(0.3)) {
      bookLine(world, money, { ...line, status: 'memo', type: 'authorization', about: 'nothing' })
    }
    bookLine(world, money, { ...line, type: 'bill' })
    return
  }
  const isWire = method.startsWith('Wire')
  const surcharge = !isWire && money.random.chance(0.4) ? cents(amount * 3n, 100n) : 0n
  const text = isWire ? `WIRE OUT ${party}` : `CARD 4021 ${party}`
  const line = { account: 'checking' as const, gross: -amount - surcharge, party, reference, about, text }
  const atMs = bankMorning(world.nowMs, 1)
  bookLater(world, atMs, line)
  if (surcharge === 0n && strikes(world, money, 'charged-twice')) {
    bookLater(world, atMs, { ...line, about: 'charged twice' })
  }
}

export function cents(numerator: Units, denominator: bigint): Units {
  return divideHalfUp(numerator, denominator * CENT) * CENT
}

export function partyOf({ panels }: World, payer: string): string {
  return panels.has(payer) ? `${payer.toUpperCase()}.EXAMPLE` : 'PAYELANCER ADS'
}
