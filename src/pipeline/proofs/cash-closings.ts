/**
 * The proof of cash by month as kept between runs: a month that is proved is read again only when a line or a section of
 * it, or of one before it, has come since. Nothing is kept that lines, sections and the booked opening do not say.
 */
import type { Units } from '../../domain/money/money.ts'
import { closeMonths, monthAfter, monthBefore, monthsThrough, type CashClosing } from '../../domain/proofs/closings.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import { currenciesOf } from './cash.ts'
import { daysFrom, monthRange, newestEvidence, openingBooked, touchedSince, type Touched } from './cash-evidence.ts'
import { readAnchors } from './anchors.ts'
import { keepClosings, keptMonth, keptProgress, keptRange, type CashProgress } from './kept-closings.ts'
import type { ProofScope, ProvenAccount } from './scope.ts'

export interface ProvenCash {
  readonly account: ProvenAccount
  readonly currency: string
}

/** Brings the months of every money account up to what has come. Returns which accounts and currencies there are. */
export async function closeCash(scope: ProofScope): Promise<readonly ProvenCash[]> {
  const all: (ProvenCash & { readonly kept: CashProgress | null })[] = []
  for (const account of scope.accounts) {
    for (const currency of await currenciesOf(scope, account)) {
      all.push({ account, currency, kept: await keptProgress(scope, { account: account.id, currency }) })
    }
  }
  const marks = await newestEvidence(scope)
  const touched = await touchedSince(
    scope,
    all.flatMap(({ kept }) => kept ?? []),
  )
  for (const { kept, ...proven } of all) await closeOne(scope, proven, { kept, marks, touched })
  return all
}

interface Known {
  readonly kept: CashProgress | null
  readonly marks: Pick<CashProgress, 'line' | 'batch'>
  readonly touched: readonly Touched[]
}

async function closeOne(scope: ProofScope, { account, currency }: ProvenCash, known: Known): Promise<void> {
  const { kept, marks } = known
  const place = { account: account.id, currency }
  const range = await monthRange(scope, account, currency)
  if (range === null) return
  const booked = await openingBooked(scope, account, currency)
  const day = firstDay(known, place)
  const before = await closingBefore(scope, place, { kept, booked, day, first: range.first })
  const start = before === null ? range.first.slice(0, 7) : monthAfter(before.month)
  if (before !== null && kept !== null && start > range.last.slice(0, 7)) {
    await keepClosings(scope, place, { ...kept, ...marks }, { from: start, closings: [] })
    return
  }
  const facts = await factsFrom(scope, { account, currency }, before)
  // The first balance that is ever told says something of every month before it.
  const isFirstTold = before !== null && before.stated === null && facts.anchors.length > 0
  const since = isFirstTold ? await factsFrom(scope, { account, currency }, null) : facts
  const from = isFirstTold ? null : before
  const months = monthsThrough(from === null ? range.first : `${start}-01`, range.last)
  const firstTold = from === null ? (since.anchors[0]?.day ?? null) : (kept?.firstTold ?? null)
  const closings = closeMonths({ months, before: from, booked, ...since })
  await keepClosings(scope, place, { ...marks, booked, firstTold }, { from: from === null ? '' : start, closings })
}

async function factsFrom(scope: ProofScope, { account, currency }: ProvenCash, before: CashClosing | null) {
  const from = before === null ? '' : `${monthAfter(before.month)}-01`
  const { days, held } = await daysFrom(scope, account.id, currency, from)
  return { days, anchors: await readAnchors(scope, account, currency, { held, from }) }
}

/** The first day that evidence of this account, newer than what was read, is about. */
function firstDay(
  { kept, touched }: Known,
  { account, currency }: { readonly account: bigint; readonly currency: string },
): IsoDate | null {
  if (kept === null) return null
  const own = touched.filter(
    (each) =>
      each.account === account &&
      each.currency === currency &&
      (each.origin === 'line' ? each.position > kept.line : each.position > kept.batch),
  )
  return own.reduce<IsoDate | null>((least, { day }) => (least === null || day < least ? day : least), null)
}

interface Standing {
  readonly kept: CashProgress | null
  readonly booked: Units
  readonly day: IsoDate | null
  /** Of the first line or posting. */
  readonly first: IsoDate
}

/** The last month that stands as it was proved; null when everything is to be read again. */
async function closingBefore(
  scope: ProofScope,
  place: { readonly account: bigint; readonly currency: string },
  { kept, booked, day, first }: Standing,
): Promise<CashClosing | null> {
  const range = await keptRange(scope, place)
  if (kept === null || range === null || kept.booked !== booked || first.slice(0, 7) !== range.first) return null
  // Days before the first balance are told backwards from it, so that any line among them changes every month.
  if (day !== null && kept.firstTold !== null && day <= kept.firstTold) return null
  const month = day === null || day.slice(0, 7) > range.last ? range.last : monthBefore(day.slice(0, 7))
  return keptMonth(scope, place, month)
}
