/**
 * The money side of a plain world: a counter that only rises, payouts that are stated and named, statements of each day with
 * lines that the account's rules know. Nothing in it has to be asked (domain.md 3 and 4).
 */
import type { BankPlan, ExportPlan } from './bank/plan.ts'
import type { MoneyPlan } from './money.ts'
import { DAY_MS, range, type NetworkPlan } from './payelancer/plan.ts'

const EVENING_MS = (23 * DAY_MS) / 24

export function plainMoney(plan: MoneyPlan, nights: number): MoneyPlan {
  const bank = plainBank(plan, nights)
  return { ...plan, networks: plan.networks.map((each) => plainNetwork(each, plan.startMs)), bank }
}

function plainNetwork(plan: NetworkPlan, startMs: number): NetworkPlan {
  const shows = plan.role === 'publisher' ? plan.shows : 'lifetime'
  return {
    ...plan,
    shows,
    saidMs: startMs,
    isOpeningStated: true,
    reviewAbove: null,
    // No other one foretells which payouts are due.
    schedule: 'stated',
    events: [],
    account: 'checking',
    payouts: plan.payouts.map((payout) => ({
      ...payout,
      feeCents: 0,
      // The same evening.
      statedMs: payout.atMs,
      isNamed: true,
      daysOnTheWay: Math.min(1, payout.daysOnTheWay),
      returnedMs: null,
    })),
    topUps: plan.topUps
      // Of two of one amount nobody could say which is which.
      .filter(({ amount }, nth, all) => all.findIndex((other) => other.amount === amount) === nth)
      .map((topUp) => ({ ...topUp, statedMs: topUp.atMs })),
  }
}

function plainBank({ bank, startMs }: MoneyPlan, nights: number): BankPlan {
  const accounts = bank.accounts.slice(0, 1).map((account) => ({
    ...account,
    isOpeningStated: true,
    hasRules: true,
    lines: account.lines.filter(({ kind }) => kind !== 'card'),
  }))
  const exports = range(nights + 2).map((day): ExportPlan => {
    const downloadedMs = startMs + day * DAY_MS + EVENING_MS
    return {
      id: `checking-${day}`,
      accounts: ['checking'],
      fromDay: 0,
      throughDay: day,
      downloadedMs,
      newest: null,
      lacksOne: false,
      importedMs: [downloadedMs],
      isExplained: true,
    }
  })
  return { accounts, transfers: [], exports }
}
