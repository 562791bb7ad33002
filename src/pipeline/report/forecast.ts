/** Section E, cash forecast: how long each wallet lasts at the pace of the last days, when unpaid earnings reach the payout threshold, and what is due. */
import { sql, type Kysely } from 'kysely'
import type { BookConfig } from '../../config/model.ts'
import type { Tables } from '../../db/tables.ts'
import { addDays } from '../../domain/time/dates.ts'
import type { Units } from '../../domain/money/money.ts'
import { FORECAST_DAYS, runwayTenths, thresholdFrom, type Pace, type Threshold } from '../../domain/report/forecast.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import type { ControlLine } from './controls.ts'

export interface WalletForecast {
  readonly source: string
  readonly currency: string
  readonly balance: Units
  readonly pace: Pace
  /** Tenths of a day; null when nothing was spent lately. */
  readonly runwayTenths: number | null
}

export interface PayoutForecast {
  readonly source: string
  readonly currency: string
  readonly minimum: Units
  readonly pace: Pace
  readonly threshold: Threshold
}

export interface ForecastSection {
  readonly wallets: readonly WalletForecast[]
  readonly payouts: readonly PayoutForecast[]
}

export interface ForecastSource {
  readonly name: string
  readonly kind: 'panel' | 'publisher' | 'advertiser'
  readonly currency: string
  /** Its wallet or receivable; null when the posting rules give it none. */
  readonly account: string | null
  /** Of publishers with a schedule. */
  readonly minimum: Units | null
}

export async function forecastSection(
  db: Kysely<Tables>,
  book: bigint,
  sources: readonly ForecastSource[],
  controls: readonly ControlLine[],
  night: IsoDate,
): Promise<ForecastSection> {
  const wallets: WalletForecast[] = []
  const payouts: PayoutForecast[] = []
  for (const { name, kind, currency, account, minimum } of sources) {
    if (account === null) continue
    const line = controls.find((each) => each.account === account && each.currency === currency)
    const balance = line?.closing ?? 0n
    const moved = await movedLately(db, book, account, currency, night)
    if (kind === 'publisher') {
      if (minimum === null) continue
      const pace = { total: moved.debit, days: moved.days }
      const threshold = thresholdFrom(balance, minimum, pace, night)
      payouts.push({ source: name, currency, minimum, pace, threshold })
    } else {
      const pace = { total: moved.credit, days: moved.days }
      wallets.push({ source: name, currency, balance, pace, runwayTenths: runwayTenths(balance, pace) })
    }
  }
  return { wallets, payouts }
}

interface Moved {
  readonly debit: Units
  readonly credit: Units
  /** The days looked at: fewer when the account is younger. */
  readonly days: number
}

async function movedLately(
  db: Kysely<Tables>,
  book: bigint,
  account: string,
  currency: string,
  night: IsoDate,
): Promise<Moved> {
  const rows = await db
    .selectFrom('balance')
    .innerJoin('account', (join) =>
      join.onRef('account.book', '=', 'balance.book').onRef('account.id', '=', 'balance.account'),
    )
    .select([
      sql<bigint>`cast(coalesce(sum(balance.debit), 0) as bigint)`.as('debit'),
      sql<bigint>`cast(coalesce(sum(balance.credit), 0) as bigint)`.as('credit'),
    ])
    .select(({ fn }) => fn.min<string | null>('balance.day').as('first'))
    .where('balance.book', '=', book)
    .where('account.key', '=', account)
    .where('balance.currency', '=', currency)
    .where('balance.day', '>', addDays(night, -FORECAST_DAYS))
    .where('balance.day', '<=', night)
    .executeTakeFirstOrThrow()
  const first = rows.first ?? night
  const days = Math.round((Date.parse(night) - Date.parse(first)) / 86_400_000) + 1
  return { debit: rows.debit, credit: rows.credit, days }
}

/** What a configured source needs for its forecast. */
export function minimumOf(source: BookConfig['sources'][number]): Units | null {
  return source.type === 'payelancer' && source.payouts !== undefined ? source.payouts.minimum : null
}
