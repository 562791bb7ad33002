/** The alert rules about what a source's figures say: wallets running dry, clicks that stopped, spending out of line. */
import type { Alert, AlertRules, BookFacts, SourceFacts } from './alert.ts'
import { exceeds, medianAmount, medianOf } from './alert-series.ts'
import { abs, formatMoney, type Units } from '../money/money.ts'

type Found = Omit<Alert, 'rule'>

/** Days and readings before the last that a median is taken of, and how many it needs. */
const MEDIAN_OF = 28
const MEDIAN_NEEDS = 5
const RUNWAY_DAYS = 7
/** Fewer clicks a day than this fall by any share by chance. */
const LEAST_CLICKS = 20
const CRITICAL_FALL_PERCENT = 90
const CRITICAL_SPIKE_TIMES = 2

export function walletBelow(
  { book, sources }: BookFacts,
  thresholds: NonNullable<AlertRules['walletBelow']>,
): readonly Found[] {
  return sources.flatMap((source) => {
    const threshold = thresholds[`${book}/${source.name}`] ?? thresholds[source.name]
    if (threshold === undefined || source.wallet === null || source.wallet >= threshold) return []
    return {
      object: source.name,
      severity: source.wallet <= threshold / 4n ? 'critical' : 'warning',
      title: `${book}: the wallet of ${source.name} is low`,
      detail: `It holds ${money(source.wallet, source)}; the threshold is ${money(threshold, source)}. Top it up, then import the payment with tieout evidence import.`,
    }
  })
}

/** How long the wallet lasts at the pace of the last seven whole days. */
export function runway({ book, sources }: BookFacts, { days }: { readonly days: number }): readonly Found[] {
  return sources.flatMap((source) => {
    const week = wholeDays(source).slice(-RUNWAY_DAYS)
    const spent = sumOf(week)
    if (source.wallet === null || spent <= 0n) return []
    const wallet = source.wallet < 0n ? 0n : source.wallet
    // Tenths of a day, rounded down: wallet ÷ (spent ÷ days of the week).
    const tenths = Number((wallet * BigInt(week.length) * 10n) / spent)
    if (tenths >= days * 10) return []
    return {
      object: source.name,
      severity: tenths < 10 ? 'critical' : 'warning',
      title: `${book}: the wallet of ${source.name} lasts ${tenths / 10} days`,
      detail: `It holds ${money(source.wallet, source)} and ${money(spent, source)} left it in ${week.length} days. Top it up, then import the payment with tieout evidence import.`,
    }
  })
}

export function clicksFell({ book, sources }: BookFacts, { percent }: { readonly percent: number }): readonly Found[] {
  return sources.flatMap((source) => {
    const earlier = source.clickRates.slice(0, -1).slice(-MEDIAN_OF)
    const latest = source.clickRates.at(-1)
    const usual = medianOf(earlier)
    if (latest === undefined || usual === null || earlier.length < MEDIAN_NEEDS || usual < LEAST_CLICKS) return []
    const fall = 100 - (latest / usual) * 100
    if (fall <= percent) return []
    return {
      object: source.name,
      severity: fall >= CRITICAL_FALL_PERCENT ? 'critical' : 'warning',
      title: `${book}: clicks of ${source.name} fell by ${Math.floor(fall)} %`,
      detail: `${Math.round(latest)} a day at the last reading, ${Math.round(usual)} is usual (median of ${earlier.length}). Look at the account's campaigns or ad slots.`,
    }
  })
}

/** Yesterday, and today already, since money that runs out should not wait for midnight. */
export function spendSpike({ book, sources }: BookFacts, { factor }: { readonly factor: number }): readonly Found[] {
  return sources.flatMap((source) => {
    const [yesterday, today] = source.spending.slice(-2)
    if (yesterday === undefined || today === undefined) return []
    const day = today.amount > yesterday.amount ? today : yesterday
    const earlier = source.spending.slice(0, -2).slice(-MEDIAN_OF)
    const moving = earlier.map(({ amount }) => amount).filter((amount) => amount > 0n)
    const usual = medianAmount(moving)
    if (usual === null || moving.length < MEDIAN_NEEDS || !exceeds(day.amount, factor, usual)) return []
    return {
      object: source.name,
      severity: exceeds(day.amount, CRITICAL_SPIKE_TIMES * factor, usual) ? 'critical' : 'warning',
      title: `${book}: spending at ${source.name} jumped`,
      detail: `${money(day.amount, source)} on ${day.day}; ${money(usual, source)} is usual (median of ${moving.length} days). See tieout ledger register and the account itself.`,
    }
  })
}

export function proofDiffers(
  { book, sources }: BookFacts,
  limit: NonNullable<AlertRules['proofDiffers']>,
): readonly Found[] {
  return sources.flatMap((source) => {
    if (source.difference === null || source.difference === 0n) return []
    return {
      object: source.name,
      severity: abs(source.difference) > limit.criticalAbove ? 'critical' : 'warning',
      title: `${book}: ${source.name} does not tie`,
      detail: `The vendor says ${source.difference > 0n ? 'more' : 'less'} than the books by ${money(abs(source.difference), source)}. See tieout exceptions list --book ${book} --source ${source.name}.`,
    }
  })
}

/** Without today, which is not over. */
function wholeDays(source: SourceFacts): readonly Units[] {
  return source.spending.slice(0, -1).map(({ amount }) => amount)
}

function sumOf(amounts: readonly Units[]): Units {
  return amounts.reduce((sum, amount) => sum + amount, 0n)
}

function money(amount: Units, { currency }: SourceFacts): string {
  return `${formatMoney(amount)} ${currency}`
}
