/**
 * How a network pays its publishers: five minutes after midnight it closes the day, and all that is unpaid becomes a payout
 * once it reaches 50.00. One to four days later it arrives: on PayPal, with PayPal's fee stated or the network's taken
 * before, or by a wire that costs 4.00 on its way.
 */
import type { Units } from '../../../domain/money/money.ts'
import { mustParseMoney } from '../amounts.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../state.ts'
import type { PublisherState, World } from '../state.ts'
import { bankMorning, bookLater, dayStart, strikes, type NewLine } from './book.ts'
import type { MoneyState, WorldPayout } from './state.ts'
import { cents } from './top-ups.ts'

const MINIMUM = mustParseMoney('50.00')
const CENT = mustParseMoney('0.01')
const WIRE_FEE = mustParseMoney('4.00')
const FIVE = mustParseMoney('5.00')

export function cutOff(world: World, money: MoneyState): void {
  for (const publisher of world.publishers) {
    const unpaid = unpaidOf(money, publisher)
    if (unpaid < MINIMUM) continue
    const amount = unpaid - (unpaid % CENT)
    const { name } = publisher.options
    const payout = { number: money.payouts.length + 1, publisher: name, atMs: world.nowMs, amount }
    money.payouts.push(payout)
    pay(world, money, payout)
  }
}

/** What the network owes and has not made a payout of. */
export function unpaidOf({ payouts }: MoneyState, publisher: PublisherState): Units {
  const { openingPaid, earnings, options } = publisher
  return payouts
    .filter((payout) => payout.publisher === options.name)
    .reduce((left, { amount }) => left - amount, earnings - openingPaid)
}

function pay(world: World, money: MoneyState, { number, amount }: WorldPayout): void {
  const days = money.random.int(0, 3)
  const about = `payout ${number}`
  if (number % 3 === 0) {
    const line = { account: 'checking' as const, party: 'PAYELANCER LTD', text: 'WIRE IN PAYELANCER PUBLISHER', about }
    return bookLater(world, bankMorning(world.nowMs, days), { ...line, gross: amount - WIRE_FEE })
  }
  const atMs = dayStart(world.nowMs) + days * DAY_MS + 11 * HOUR_MS + money.random.int(0, 59) * MINUTE_MS
  const fee = cents(amount * 2n, 100n)
  const line: Omit<NewLine, 'gross'> = {
    account: 'paypal',
    party: 'Payelancer',
    text: 'Publisher payout',
    type: 'payment',
    about,
  }
  if (strikes(world, money, 'payout-returned')) {
    const text = 'Publisher payout taken back'
    bookLater(world, atMs, { ...line, gross: amount })
    return bookLater(world, atMs + 2 * DAY_MS, {
      ...line,
      text,
      gross: -amount,
      type: 'reversal',
      about: `return ${number}`,
    })
  }
  const short = strikes(world, money, 'short-by-a-cent') ? CENT : strikes(world, money, 'short-by-five') ? FIVE : 0n
  const isStated = number % 3 === 1
  const arriving: NewLine = isStated
    ? { ...line, gross: amount - short, fee }
    : { ...line, gross: amount - fee - short }
  if (days >= 2) bookLater(world, atMs - DAY_MS, { ...arriving, status: 'pending', about: 'nothing' })
  bookLater(world, atMs, arriving)
}
