/** C3, C5: what of a counter waits for a person. One item per source lists the readings and what each answer would post. */
import { formatMoney, type Units } from '../../domain/money/money.ts'
import { daysBetween, isoDateInZone } from '../../domain/time/dates.ts'
import type { Landed } from '../../log/landing.ts'
import { PAYOUT_DAYS } from '../../payelancer/rules/c5-payouts.ts'
import { previews } from '../../payelancer/rules/counter.ts'
import { ANSWERS, type AnswerWord } from '../../domain/exceptions/counter-answers.ts'
import { judge } from '../engine/items.ts'
import type { BatchContext, ContextSource } from './context.ts'
import type { WorkedCounter } from './counter.ts'

interface Waiting {
  readonly object: string
  readonly amount: Units | null
  readonly detail: string
}

const CODE = 'COUNTER_HELD'
/** Readings named in an item; the others are counted. */
const READINGS_SHOWN = 5
// The keys of an object literal are its words.
const WORDS = Object.keys(ANSWERS) as readonly AnswerWord[]

export async function tellCounter(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  worked: WorkedCounter,
): Promise<void> {
  const today = isoDateInZone(item.fetchedAtMs, source.timeZone)
  const waiting = [
    ...heldItem(source, worked, today),
    ...modeItem(source, worked),
    ...unshownItems(source, worked),
    ...differenceItems(source, worked),
  ]
  const standing = waiting.map((each) => ({ ...each, code: CODE, currency: source.currency }) as const)
  await judge(context, item, source.name, { codes: [CODE], about: () => true, standing, looksAgain: true })
}

/** A fall that a payout may explain merely waits for a week: its row or its line may still come. */
function heldItem({ currency }: ContextSource, { facts, outcome }: WorkedCounter, today: string): readonly Waiting[] {
  const { held } = outcome
  if (held === null) return []
  const { reading, change } = held.judged
  if (held.doubt.mayBePayout && daysBetween(reading.readOn, today) < PAYOUT_DAYS) return []
  const amounts = new Map(facts.readings.map((each) => [each.name, each.amount]))
  const shown = held.names.slice(0, READINGS_SHOWN).map((name) => `${name} (${formatMoney(amounts.get(name) ?? 0n)})`)
  const more = held.names.length > READINGS_SHOWN ? ` and ${held.names.length - READINGS_SHOWN} more` : ''
  const would = previews(facts, outcome, WORDS).flatMap(({ as, posts }) =>
    posts === null ? [] : [`${as} ${formatMoney(posts)}`],
  )
  const detail =
    `${held.doubt.reason}: ${formatMoney(reading.amount - change)} before, ${formatMoney(reading.amount)} ${currency} on ${reading.readOn}; ` +
    `waiting: ${shown.join(', ')}${more}; each answer would post: ${would.join(', ')}`
  return [{ object: 'counter', amount: change, detail }]
}

function modeItem({ kind }: ContextSource, { facts: { mode, payouts } }: WorkedCounter): readonly Waiting[] {
  const [payout] = payouts
  if (kind !== 'publisher' || mode !== null || payout === undefined) return []
  const detail =
    `the payout ${payout.reference} is on record, and nobody has said whether this counter falls when it pays; ` +
    'set counterMode: unpaid in tieout.yaml if it does, or counterMode: lifetime'
  return [{ object: 'counter-mode', amount: null, detail }]
}

function unshownItems({ currency }: ContextSource, { outcome }: WorkedCounter): readonly Waiting[] {
  return outcome.unshown.map(({ key, reference, amount, date }) => ({
    object: key,
    amount,
    detail:
      `no fall of the counter shows the payout ${reference} of ${formatMoney(amount)} ${currency} on ${date}, for ${PAYOUT_DAYS} days; ` +
      'if a reading since hides it, say so with --reading: payout --earned',
  }))
}

function differenceItems({ currency }: ContextSource, { outcome }: WorkedCounter): readonly Waiting[] {
  return outcome.judged.flatMap(({ difference, from, day }) => {
    if (difference === 0n) return []
    const days = from === day ? day : `${from}..${day}`
    const detail = `the counter moved by ${formatMoney(difference)} ${currency} more than a file states for ${days}; the counter is booked`
    return [{ object: `counter-day:${day}`, amount: difference, detail }]
  })
}
