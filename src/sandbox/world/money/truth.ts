/**
 * What the accounts really came to at the end of a day, and what was on its way: the answer sheet for books that have only
 * the statements. Signed as debits less credits, in USD.
 */
import type { Units } from '../../../domain/money/money.ts'
import type { TopUp, World } from '../state.ts'
import { dateOf } from './printed.ts'
import { netOf } from './state.ts'
import type { MoneyAccountName, MoneyLine, MoneyState } from './state.ts'
import { unpaidOf } from './payouts.ts'

export interface MoneyTruth {
  /** What the statements close with. */
  readonly closing: Readonly<Record<MoneyAccountName, Units>>
  /** Paid by a line, and not credited by the vendor yet; negative. */
  readonly paidAhead: Readonly<Record<MoneyAccountName, Units>>
  /** Credited top-ups that no line has paid yet; negative. */
  readonly topUpsUnpaid: Units
  readonly transfersOnTheWay: Units
  readonly payoutsOnTheWay: Units
  /** By publisher: owed and in no payout. */
  readonly unpaid: Readonly<Record<string, Units>>
  /** Taken by PayPal, by networks before a payout reached it, and by cards on top of a top-up. */
  readonly processorFees: Units
  /** The bank's monthly fee, and what wires cost on their way. */
  readonly bankFees: Units
  readonly income: Units
}

/** `day` is an ISO date; the world stands at the night after it. */
export function moneyTruth(world: World, day: string): MoneyTruth | null {
  const { money } = world
  if (money === undefined) return null
  const lines = money.lines.filter(
    ({ status, currency, atMs }) => status === 'posted' && currency === 'USD' && dateOf(atMs) <= day,
  )
  const about = (what: string): readonly MoneyLine[] => lines.filter((line) => line.about.startsWith(what))
  const topUps = new Map(allTopUps(world).map((topUp) => [`top-up ${topUp.reference}`, topUp.amount]))
  const paying = about('top-up ')
  const ahead = paying.filter((line) => !topUps.has(line.about))
  const paid = sum(paying.map((line) => topUps.get(line.about) ?? 0n))
  const arrived = about('payout ').map((line) => ({ line, payout: payoutOf(money, line) }))
  const taken = (account: MoneyAccountName): Units =>
    sum(arrived.filter(({ line }) => line.account === account).map(({ line, payout }) => payout - netOf(line)))
  const surcharges = sum(paying.filter((line) => topUps.has(line.about)).map((line) => -netOf(line))) - paid
  return {
    closing: { checking: closing(money, lines, 'checking'), paypal: closing(money, lines, 'paypal') },
    paidAhead: { checking: net(ahead, 'checking'), paypal: net(ahead, 'paypal') },
    topUpsUnpaid: paid - sum([...topUps.values()]),
    transfersOnTheWay: -sum(about('transfer ').map(netOf)),
    payoutsOnTheWay: sum(money.payouts.map(({ amount }) => amount)) - sum(arrived.map(({ payout }) => payout)),
    unpaid: Object.fromEntries(world.publishers.map((each) => [each.options.name, unpaidOf(money, each)])),
    processorFees: taken('paypal') + surcharges,
    bankFees: taken('checking') - sum(about('bank fee').map(netOf)),
    income: -sum(about('income').map(netOf)),
  }
}

function allTopUps({ advertisers, panels }: World): readonly TopUp[] {
  return [...advertisers, ...panels.values()].flatMap((account) => account.topUps)
}

function payoutOf({ payouts }: MoneyState, { about }: MoneyLine): Units {
  return payouts.find(({ number }) => about === `payout ${number}`)?.amount ?? 0n
}

function closing(money: MoneyState, lines: readonly MoneyLine[], account: MoneyAccountName): Units {
  return money.opening[account] + net(lines, account)
}

function net(lines: readonly MoneyLine[], account: MoneyAccountName): Units {
  return sum(lines.filter((line) => line.account === account).map(netOf))
}

function sum(amounts: readonly Units[]): Units {
  return amounts.reduce((total, amount) => total + amount, 0n)
}
