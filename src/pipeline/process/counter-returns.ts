/**
 * Payouts that came back, and the counter: what is known to have come back explains a rise, also one that was booked as
 * earned before it was known; a rise near a payout that has not arrived, of which nothing is known, is told.
 */
import { payoutsNear } from '../../domain/counters/counter-payout.ts'
import { COUNTER_LIMITS } from '../../domain/counters/counter-policy.ts'
import { mayBeReturned } from '../../domain/counters/counter-return.ts'
import { formatMoney } from '../../domain/money/money.ts'
import { addDays } from '../../domain/time/dates.ts'
import type { Evidence, IsoDate } from '../../domain/transaction.ts'
import { keptPayouts, shownAmong, unseenReturns, type UnseenReturn } from '../../evidence/counter-returns.ts'
import { listVerdicts, pastRises, type JudgedReading } from '../../evidence/counter-verdicts.ts'
import { findItems } from '../../evidence/open-items.ts'
import { isBefore } from '../../evidence/waiting-rises.ts'
import { openObjects } from '../../reconcile/exceptions.ts'
import { raise, type BatchContext, type ContextSource } from './context.ts'
import { nameOf } from './counter-outcome.ts'
import type { CounterWork } from './counter-work.ts'
import { settleCodes } from './settle-codes.ts'

/** The first reading, judged already, that may show what is known to have come back; null when none may. */
export async function firstPerhapsReturned(
  { db, book }: Pick<BatchContext, 'db' | 'book'>,
  { id, counter = COUNTER_LIMITS }: ContextSource,
): Promise<Evidence | null> {
  const returns = await unseenReturns(db, book, id)
  if (returns.length === 0) return null
  const judged = (await listVerdicts(db, book, { source: id })).toReversed()
  const first = judged.find((each) => {
    const near = new Set(payoutsNear(returns, each, counter))
    const mayShow = (one: UnseenReturn): boolean =>
      near.has(one) && each.change >= one.amount && isBefore(one.paidAt, each.place)
    return isRise(each) && returns.some(mayShow)
  })
  return first?.place ?? null
}

/** Booked or held as earned; what a person has decided, and what waits for a decision about a fall, is not. */
function isRise({ status, role, change }: JudgedReading): boolean {
  return change > 0n && (status === 'booked' || (status === 'held' && role === null))
}

/** A payment that comes back does so within weeks. */
const WITHIN_DAYS = 60

/** Tells of rises that may be a payout come back, and closes what was told once the payout has arrived or come back. */
export async function questionRises({ context, source, item }: CounterWork): Promise<void> {
  const { db, book } = context
  const { id, name, currency } = source
  if (source.kind !== 'publisher' || source.counter === undefined) return
  const asked = new Set<string>()
  const judged = (await listVerdicts(db, book, { source: id, limit: WITHIN_DAYS })).toReversed()
  const since = judged[0]?.day
  const history = await pastRises(db, book, id)
  const inTransit = since === undefined ? [] : await payoutsInTransit({ context, source }, addDays(since, -WITHIN_DAYS))
  for (const payout of inTransit) {
    const until = addDays(payout.date, WITHIN_DAYS)
    const rise = judged.find(
      (each) =>
        isRise(each) &&
        isBefore(payout.paidAt, each.place) &&
        each.day <= until &&
        mayBeReturned({ amount: each.change, days: each.days }, payout, history),
    )
    if (rise === undefined) continue
    asked.add(payout.key)
    const { key: object, reference, amount } = payout
    const detail =
      `the rise of ${formatMoney(rise.change)} on ${rise.day} (reading ${nameOf(rise.place)}) is near the payout ${reference} of ${formatMoney(amount)}, which no line has settled: ` +
      `if the payout came back, import a row "${rise.day},${name},payout-returned,${formatMoney(amount)},${currency},${reference}," and only the rest is earned; if not, dismiss this`
    await raise(context, item, { source: name, code: 'COUNTER_UNPAID', object, amount: rise.change, currency, detail })
  }
  await closeAsked({ context, source, item }, asked)
}

/** Shown by the counter, and settled by no line; where lines are not imported, all of them. */
async function payoutsInTransit(
  { context, source }: Pick<CounterWork, 'context' | 'source'>,
  since: IsoDate,
): Promise<readonly UnseenReturn[]> {
  const { db, book } = context
  const kept = await keptPayouts(db, book, source.id, since)
  const objects = kept.map(({ key }) => key)
  const items = new Map((await findItems(db, book, source.name, objects)).map((each) => [each.object, each]))
  return kept.filter(({ key }) => items.get(key)?.status !== 'settled')
}

/** Only what was asked about payouts that the counter has shown: of others it is another question. */
async function closeAsked(
  { context, source, item }: Pick<CounterWork, 'context' | 'source' | 'item'>,
  asked: ReadonlySet<string>,
): Promise<void> {
  const { db, book } = context
  const open = await openObjects(db, book, source.name, ['COUNTER_UNPAID'])
  const gone = [...open].filter((object) => object !== 'counter' && !asked.has(object))
  for (const object of await shownAmong(db, book, source.id, gone))
    await settleCodes(context, item, source.name, object, ['COUNTER_UNPAID'])
}
