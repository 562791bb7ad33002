/** Money between the bank and PayPal, a day on its way: PayPal is filled when it runs low, and its payouts go to the bank every week. */
import type { Units } from '../../../domain/money/money.ts'
import { mustParseMoney } from '../amounts.ts'
import { HOUR_MS } from '../state.ts'
import type { World } from '../state.ts'
import { bankMorning, bookLater } from './book.ts'
import { balanceOf } from './state.ts'
import type { MoneyAccountName, MoneyState } from './state.ts'

const LOW = mustParseMoney('900.00')
const FUNDING = mustParseMoney('1500.00')
const LEAST_TRANSFER = mustParseMoney('40.00')

export function fundPaypal(world: World, money: MoneyState): void {
  if (balanceOf(money, 'paypal') >= LOW || money.isFunding) return
  money.isFunding = true
  move(world, money, 'checking', FUNDING, { out: bankMorning(world.nowMs, 0), days: 1 })
}

/** The week's payouts go to the bank. */
export function withdraw(world: World, money: MoneyState): void {
  const amount = money.toWithdraw
  if (amount < LEAST_TRANSFER) return
  money.toWithdraw = 0n
  move(world, money, 'paypal', amount, { out: world.nowMs + 2 * HOUR_MS, days: 1 })
}

function move(
  world: World,
  money: MoneyState,
  from: MoneyAccountName,
  amount: Units,
  { out, days }: { readonly out: number; readonly days: number },
): void {
  const transfer = { number: money.transfers.length + 1, from, amount }
  money.transfers.push(transfer)
  const about = `transfer ${transfer.number}`
  const atBank = { account: 'checking' as const, party: 'PAYPAL', text: 'PAYPAL TRANSFER', about }
  const atPaypal = { account: 'paypal' as const, party: 'Checking account', about }
  if (from === 'checking') {
    bookLater(world, out, { ...atBank, gross: -amount })
    const text = 'Transfer from the bank'
    bookLater(world, bankMorning(out, days) + HOUR_MS, {
      ...atPaypal,
      gross: amount,
      text,
      type: 'deposit',
    })
    return
  }
  const text = 'Transfer to the bank'
  bookLater(world, out, { ...atPaypal, gross: -amount, text, type: 'withdrawal' })
  bookLater(world, bankMorning(out, days), { ...atBank, gross: amount })
}
