/**
 * What an entry says, against the sealed journal it is of: date, currency, rate, the mark of its book, and every line. In
 * its own currency to the cent; where the company takes no other than its own, what the lines are worth there.
 */
import { isWorth, minorUnit, ratesOf } from './exchange.ts'
import { dayOf } from './day.ts'
import { type Scene } from './scene.ts'
import type { Sealed } from './sealed.ts'
import type { Entry } from './vendor.ts'

const DAY_MS = 86_400_000

export type Say = (oracle: string, says: string) => void

export function checkWords(
  scene: Scene,
  { home, document, day, date, currency }: Sealed,
  entry: Entry,
  { mark, say }: { readonly mark: string; readonly say: Say },
): void {
  const { plan, vendor } = scene
  const isFirstOpen = scene.closes.has(dayOf(Date.parse(entry.date) - DAY_MS))
  const { closedPeriod, changesTo } = home.policy
  const isLater = entry.date > date && isFirstOpen && [closedPeriod, changesTo].includes('first-open-day')
  if (entry.date !== date && !isLater) say('entry-date', `${document} is dated ${entry.date} and sealed for ${date}`)
  const expected = plan.vendor === 'xero' ? plan.currency : currency
  if (entry.currency !== expected) say('entry-currency', `${document} is in ${entry.currency} and not in ${expected}`)
  if (!entry.memo.endsWith(`book ${mark}`))
    say('entry-mark', `${document} is not marked as of book ${mark}: "${entry.memo}"`)
  const sum = entry.lines.reduce((total, { amount }) => total + amount, 0n)
  if (sum !== 0n) say('entry-balance', `${document} (id ${entry.id}) sums to ${sum}`)
  if (plan.vendor === 'xero') return
  const rate = Number(vendor.rateOf(entry.id) ?? 1)
  const rates = currency === plan.currency ? ['1'] : ratesOf(plan.exchange, currency, plan.currency, day)
  if (!rates.some((each) => Number(each) === rate))
    say('entry-rate', `${document} of ${day} says a rate of ${rate}, and ${rates.join(' or ') || 'none'} was stated`)
}

interface Lines {
  readonly when: 'night' | 'end'
  readonly say: Say
  /** How the program itself says it stands, for whoever reads the finding. */
  readonly standing: () => string
}

/** Whole, or in parts: what is there of a journal is what it says. Parts are complete at the end alone. */
export function checkLines(
  scene: Scene,
  sealed: Sealed,
  live: ReadonlyMap<string, readonly Entry[]>,
  { when, say, standing }: Lines,
): void {
  const { document, cents, home, currency } = sealed
  const { vendor, plan } = scene
  const whole = live.get(document)?.[0]
  const parts = [...live].flatMap(([name, entries]) => (name.startsWith(`${document}.`) ? entries.slice(0, 1) : []))
  const found = whole === undefined ? parts : [whole]
  if (whole !== undefined && parts.length > 0) say('entry-parts', `${document} is there whole and in parts`)
  const isComplete = when === 'end' || whole !== undefined
  if (!isComplete || (found.length === 0 && cents.size === 0)) return
  if (plan.vendor === 'xero' && currency !== plan.currency) {
    if (isTranslated(scene, sealed, found)) return
    if (found.length > 0)
      return say('entry-worth', `${document} is not its lines at a rate of ${sealed.day}: ${linesText(found)}`)
  }
  if (found.length === 0) return say('entry-missing', `${document} of ${home.book} is not there; ${standing()}`)
  const there = new Map<string, bigint>()
  for (const { lines } of found)
    for (const { account, amount } of lines) there.set(account, (there.get(account) ?? 0n) + amount)
  const wanted = new Map([...cents].map(([code, amount]) => [vendor.accountOf(code) ?? code, amount]))
  for (const account of new Set([...there.keys(), ...wanted.keys()])) {
    const [has, must] = [there.get(account) ?? 0n, wanted.get(account) ?? 0n]
    if (has !== must) say('entry-lines', `${document} has ${has} in account ${account} and must have ${must}`)
  }
}

const FOR_A_DAY = / \(for \d{4}-\d{2}-\d{2}\)/

/** Xero takes its base currency alone: every line at one of the rates of its day. Nothing there is worth nothing. */
function isTranslated({ plan, vendor }: Scene, { lines, currency, day }: Sealed, found: readonly Entry[]): boolean {
  const wanted = Map.groupBy(lines, ({ code }) => vendor.accountOf(code) ?? code)
  const there = Map.groupBy(
    found.flatMap((entry) => entry.lines),
    ({ account }) => account,
  )
  if ([...there.keys()].some((account) => !wanted.has(account))) return false
  const pairs = [...wanted].map(([account, all]) => {
    // A line that is shared by two parts says for which day it is in one of them alone, where only that one was moved.
    const words = Map.groupBy(there.get(account) ?? [], ({ description }) => description.replace(FOR_A_DAY, ''))
    const amounts = [...words.values()].map((each) => each.reduce((sum, { amount }) => sum + amount, 0n))
    const missing = Array.from({ length: Math.max(0, all.length - amounts.length) }, () => 0n)
    return { lines: sorted(all.map(({ amount }) => amount)), amounts: sorted([...amounts, ...missing]) }
  })
  if (pairs.some((pair) => pair.lines.length !== pair.amounts.length)) return false
  const unit = minorUnit(plan.currency)
  const amounts = pairs.flatMap((pair) => pair.amounts)
  const all = pairs.flatMap((pair) => pair.lines)
  return ratesOf(plan.exchange, currency, plan.currency, day).some((rate) => isWorth(amounts, all, { rate, unit }))
}

function sorted(amounts: readonly bigint[]): readonly bigint[] {
  return amounts.toSorted((one, other) => (one < other ? -1 : one > other ? 1 : 0))
}

function linesText(entries: readonly Entry[]): string {
  return entries
    .flatMap(({ lines }) => lines.map(({ account, amount, description }) => `${account} ${amount} (${description})`))
    .join('; ')
}
