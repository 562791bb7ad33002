/** The sentences that the terminal and the web page share. */
import { heldWords } from '../../reconcile/held-counters.ts'
import { divideHalfEven, formatMoney, unitsPerMinor, type Units } from '../../domain/money/money.ts'
import type { StepLine } from './completeness.ts'
import type { ControlLine } from './controls.ts'
import type { ExpectedLine } from './expected.ts'
import type { PayoutForecast, WalletForecast } from './forecast.ts'
import type { NightPage } from './page.ts'
import type { WaitingDay } from './waiting.ts'
import type { Quality, QualityLine } from './quality.ts'

export function money(amount: Units, currency: string): string {
  return `${formatMoney(amount)} ${currency}`
}

/** Figures of one column as texts whose decimal points stand below each other when aligned right: blanks stand for digits. */
export function aligned(texts: readonly string[], blank: string): readonly string[] {
  const places = texts.map((text) => (/^-?\d+\.\d+$/.test(text) ? text.length - text.indexOf('.') : 0))
  const most = Math.max(0, ...places)
  return texts.map((text, index) => (places[index] === 0 ? text : text + blank.repeat(most - (places[index] ?? 0))))
}

export function payoutSentence({ source, currency, minimum, threshold }: PayoutForecast): string {
  const unpaid = `${source}: ${money(threshold.unpaid, currency)} unpaid, payout from ${money(minimum, currency)}`
  switch (threshold.kind) {
    case 'reached':
      return `${unpaid}: reached`
    case 'unknown':
      return `${unpaid}: nothing was earned lately`
    case 'expected':
      return `${unpaid}: expected on ${threshold.day} at the pace of the last days`
  }
}

export function walletSentence(
  { source, account, currency, balance, pace, runwayTenths }: WalletForecast,
  page: Pick<NightPage, 'completeness'>,
): string {
  const holds = `${source}: ${money(balance, currency)}${notReadTonight(account, page)}`
  if (runwayTenths === null) return `${holds}, no spending in the last ${pace.days === 1 ? 'day' : `${pace.days} days`}`
  const minor = unitsPerMinor(currency)
  const aDay = money(divideHalfEven(pace.total, BigInt(pace.days) * minor) * minor, currency)
  return `${holds} lasts ${tenths(runwayTenths)} days at ${aDay} a day`
}

export function expectedSentence({
  item,
  kind,
  source,
  currency,
  amount,
  dueOn,
  isOverdue,
  object,
}: ExpectedLine): string {
  const what = `${kind} of ${source}, ${money(amount, currency)}`
  return `${what}: ${isOverdue ? 'OVERDUE since' : 'due by'} ${dueOn} (item ${item}, ${object})`
}

export function qualitySentence({ currency, lines, steps, unmatched, rateTenths }: QualityLine): string {
  const by = steps.map(({ step, count }) => `${step} ${count}`).join(', ')
  const rate = rateTenths === null ? 'no lines' : `${tenths(rateTenths)}% of ${lines} lines settled`
  const open = `${unmatched.count} open (in ${formatMoney(unmatched.in)}, out ${formatMoney(unmatched.out)})`
  return `${currency}: ${rate}${by === '' ? '' : ` (${by})`}; ${open}`
}

export function waitingSentence({ proposed, reversals }: Quality): string {
  return `To confirm ${proposed}, automatic matches undone by a person in 30 days ${reversals}.`
}

/** By what the page was read. */
export function basisSentence({ basis: { settings, landedAtMs, policy } }: NightPage): string {
  if (settings === null || landedAtMs === null) return 'Sources, owners and limits are those of today.'
  const since = `Settings version: ${new Date(landedAtMs).toISOString().slice(0, 10)}`
  return policy === 'then' ? `${since}.` : `${since}; owners and limits of exceptions are those of today.`
}

/** What a page of the past cannot show, said on it. */
export const NO_HISTORY = 'Open orders and why journals are held have no history: they are on the newest page alone.'

/** Of a day that no journal has sealed. */
export function waitingDayWords({ isOver, isRipening }: Pick<WaitingDay, 'isOver' | 'isRipening'>): string {
  if (!isOver) return 'the day is not over'
  return isRipening ? 'the next reading of a counter confirms it' : 'waits for approval'
}

/** Below the control totals: what the adjustments are, and how much of a difference is lines that are not booked. */
export function controlNotes({ controls, journals }: NightPage): readonly string[] {
  const adjusted = controls.flatMap(({ account, currency, adjustments }) =>
    adjustments.map(({ kind, count, amount }) => `${account} ${kind} ${money(amount, currency)} (${count})`),
  )
  const notBooked = controls.flatMap(({ account, currency, unbooked }) =>
    unbooked === null || unbooked === 0n ? [] : [`${account} ${money(unbooked, currency)}`],
  )
  const carried = journals.carried.map(({ account, currency, remainder }) => `${account} ${money(remainder, currency)}`)
  return [
    ...list('* Adjustments', adjusted),
    ...list('Statement lines not booked', notBooked),
    ...list('Rounding carried to a later journal', carried),
  ]
}

function list(title: string, parts: readonly string[]): readonly string[] {
  return parts.length === 0 ? [] : [`${title}: ${parts.join(', ')}`]
}

/** "import orders-2026-03-18.csv (netpanel)": a step that takes a file in is named by the file, not by its hash. */
export function stepWords({ step, file }: Pick<StepLine, 'step' | 'file'>): string {
  if (file === null) return step
  const [kind = '', , of] = step.split(':')
  return `${kind} ${file}${of === undefined ? '' : ` (${of})`}`
}

/** What the table of steps alone would leave a reader wondering about: rows excepted of a source that has nothing open. */
export function settledSentences(
  steps: readonly Pick<StepLine, 'step' | 'totals'>[],
  open: readonly { readonly source: string }[],
): readonly string[] {
  const isOpen = new Set(open.map(({ source }) => source))
  return steps.flatMap(({ step, totals }) => {
    const [kind, source = ''] = step.split(':')
    const isSettled = totals.rows.excepted > 0n && kind !== 'import' && source !== '' && !isOpen.has(source)
    return isSettled ? [`${source}: what was excepted was proven later in the same run and is closed.`] : []
  })
}

/** Where an independent figure comes from: a reading of an earlier night says so, since it cannot speak of this one. */
export function proofWords({ proof, account }: ControlLine, page: Pick<NightPage, 'completeness'>): string {
  return proof === 'none' ? '' : `${proof}${notReadTonight(account, page)}`
}

function notReadTonight(account: string, { completeness }: Pick<NightPage, 'completeness'>): string {
  const source = completeness.sources.find((each) => each.account === account)
  return source === undefined || source.fresh ? '' : ' (not read tonight)'
}

/** What stands under "By": where the independent figure comes from. */
export function vendorWords({ proof, vendor, difference, held }: ControlLine): {
  readonly vendor: string
  readonly difference: string
  readonly held: string
} {
  if (proof === 'none') return { vendor: '', difference: '', held: '' }
  return {
    vendor: vendor === null ? 'not said' : formatMoney(vendor),
    difference: difference === null ? 'unknown' : formatMoney(difference),
    held: held === null ? '' : heldWords(held),
  }
}

function tenths(value: number): string {
  return `${Math.floor(value / 10)}.${value % 10}`
}

/** "44", or "45, netpanel alone" for a sync of one source. */
export function runText({ run, runSource }: Pick<NightPage, 'run' | 'runSource'>): string {
  return `${run}${runSource === null ? '' : `, ${runSource} alone`}`
}
