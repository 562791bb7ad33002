/** Section E, cash forecast: how long each wallet lasts at the pace of the last days, when unpaid earnings reach the payout threshold, and what is due. */
import type { Kysely } from 'kysely'
import type { Tables } from '../../db/tables.ts'
import type { Units } from '../../domain/money/money.ts'
import { runwayTenths, thresholdFrom, type Pace, type Threshold } from '../../domain/report/forecast.ts'
import { balancesWithin } from '../../ledger/known-at.ts'
import type { Book } from '../../ledger/books.ts'
import { expectedAt, type Expected } from './expected.ts'
import { movedLately } from './pace.ts'
import type { Window } from './window.ts'

export interface WalletForecast {
  readonly source: string
  /** The account whose balance and movements these are. */
  readonly account: string
  readonly currency: string
  readonly balance: Units
  readonly pace: Pace
  /** Tenths of a day; null when nothing was spent lately. */
  readonly runwayTenths: number | null
}

export interface PayoutForecast {
  readonly source: string
  /** The account whose balance and movements these are. */
  readonly account: string
  readonly currency: string
  readonly minimum: Units
  readonly pace: Pace
  readonly threshold: Threshold
}

export interface ForecastSection {
  readonly wallets: readonly WalletForecast[]
  readonly payouts: readonly PayoutForecast[]
  /** What statements should show: payouts in transit, top-ups, transfers. */
  readonly expected: Expected
}

export interface ForecastSource {
  readonly name: string
  readonly kind: 'panel' | 'publisher' | 'advertiser'
  readonly currency: string
  /** Its wallet or receivable; null when the posting rules give it none. */
  readonly account: string | null
  /** Of publishers with a schedule. */
  readonly minimum: Units | null
  /** Days the network has to pay; null without a schedule. */
  readonly dueDays: number | null
}

export async function forecastSection(
  db: Kysely<Tables>,
  book: Book,
  sources: readonly ForecastSource[],
  window: Window,
): Promise<ForecastSection> {
  const { known, run } = window
  const wallets: WalletForecast[] = []
  const payouts: PayoutForecast[] = []
  for (const { name, kind, currency, account, minimum } of sources) {
    if (account === null) continue
    const { sequence } = known
    const held = await balancesWithin(db, book, { account, sequence })
    const balance = held.find((each) => each.currency === currency)?.balance ?? 0n
    const moved = await movedLately(db, book, { account, currency, night: run.night, sequence })
    if (kind === 'publisher') {
      if (minimum === null) continue
      const pace = { total: moved.debit, days: moved.days }
      const threshold = thresholdFrom(balance, minimum, pace, run.night)
      payouts.push({ source: name, account, currency, minimum, pace, threshold })
    } else {
      const pace = { total: moved.credit, days: moved.days }
      wallets.push({ source: name, account, currency, balance, pace, runwayTenths: runwayTenths(balance, pace) })
    }
  }
  const dueDays = new Map(sources.flatMap(({ name, dueDays: days }) => (days === null ? [] : [[name, days] as const])))
  return { wallets, payouts, expected: await expectedAt(db, book.id, window, dueDays) }
}
