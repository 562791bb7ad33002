/** The alert rules about one source: not read tonight, a wallet running dry, clicks that stopped, spending out of line. */
import type { Alert, AlertRules, BookFacts, FailureReason, SourceFacts } from './alert.ts'
import { exceeds, medianAmount, medianOf } from './alert-series.ts'
import { instantText } from './alert-text.ts'
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

const FAILED: Readonly<Record<FailureReason, string>> = {
  'refused key': 'refused the API key',
  unreachable: 'could not be reached',
  'no readable answer': 'gave no readable answer',
  quarantined: 'gave an answer that was set aside',
}

/** Told at the first attempt that brought no figure, whatever the age of the last one. A key is mended by nobody but a person. */
export function sourceFailed({ book, sources }: BookFacts): readonly Found[] {
  return sources.flatMap(({ name, failure, lastReadingMs }) => {
    if (failure === null) return []
    const { reason, atMs, detail } = failure
    const last =
      lastReadingMs === null
        ? 'It has never been read'
        : `Its last accepted reading is from ${instantText(lastReadingMs)}`
    return {
      object: `${name}: ${reason}`,
      severity: reason === 'refused key' ? 'critical' : 'warning',
      title: `${book}: ${name} ${FAILED[reason]}`,
      detail: `Read at ${instantText(atMs)}: ${detail} ${last}; its figures in the books are no newer. Run tieout doctor --book ${book}, then tieout sync --book ${book}.`,
    }
  })
}

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
      detail: `It holds ${money(source.wallet, source)}; the threshold is ${money(threshold, source)}. ${byReading(source)} Top it up, then import the payment with tieout evidence import.`,
    }
  })
}

/** How long the wallet lasts at the pace of the last seven whole days. */
export function runway({ book, sources }: BookFacts, { days }: { readonly days: number }): readonly Found[] {
  return sources.flatMap((source) => {
    const tenths = runwayTenths(source)
    if (source.wallet === null || tenths === null || tenths >= days * 10) return []
    const week = lastWeek(source)
    return {
      object: source.name,
      severity: tenths < 10 ? 'critical' : 'warning',
      title: `${book}: the wallet of ${source.name} lasts ${tenths / 10} days`,
      detail: `It holds ${money(source.wallet, source)} and ${money(sumOf(week), source)} left it in ${week.length} days. ${byReading(source)} Top it up, then import the payment with tieout evidence import.`,
    }
  })
}

/** Tenths of a day, rounded down: wallet ÷ (spent ÷ days of the week). Null when it is not known or nothing is spent. */
function runwayTenths(source: SourceFacts): number | null {
  const week = lastWeek(source)
  const spent = sumOf(week)
  if (source.wallet === null || spent <= 0n) return null
  const wallet = source.wallet < 0n ? 0n : source.wallet
  return Number((wallet * BigInt(week.length) * 10n) / spent)
}

function lastWeek(source: SourceFacts): readonly Units[] {
  return wholeDays(source).slice(-RUNWAY_DAYS)
}

/** What a wallet is said to hold when a low one is over: "low balance on alpha (now 3.7 days of spending)". */
export function walletNow(rule: string, object: string, { book, sources }: BookFacts): string | null {
  const source = sources.find(({ name }) => name === object)
  if (source === undefined || source.wallet === null || (rule !== 'runway' && rule !== 'walletBelow')) return null
  const tenths = rule === 'runway' ? runwayTenths(source) : null
  const now = tenths === null ? money(source.wallet, source) : `${tenths / 10} days of spending`
  return `${book}: low balance on ${object} (now ${now})`
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
      detail: `${Math.round(latest)} a day at the last reading, ${Math.round(usual)} is usual (median of ${earlier.length}). ${byReading(source)} Look at the account's campaigns or ad slots.`,
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
      detail: `${money(day.amount, source)} on ${day.day}; ${money(usual, source)} is usual (median of ${moving.length} days). ${byReading(source)} See tieout ledger register and the account itself.`,
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
      detail: `The vendor says ${source.difference > 0n ? 'more' : 'less'} than the books by ${money(abs(source.difference), source)}. ${byReading(source)} See tieout todo --book ${book} --source ${source.name}.`,
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

/** By which reading a rule was judged. */
function byReading({ lastReadingMs }: SourceFacts): string {
  return lastReadingMs === null ? 'By no reading yet.' : `By the reading of ${instantText(lastReadingMs)}.`
}

function money(amount: Units, { currency }: SourceFacts): string {
  return `${formatMoney(amount)} ${currency}`
}
