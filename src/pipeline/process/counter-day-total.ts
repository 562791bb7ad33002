/**
 * A day total an evidence file states for a day that the counter's readings cover. Of an undecided fall it is evidence
 * of what that day earned, and of a held rise that says the same, too. Where it leaves more than one way, it is asked.
 */
import type { AcceptAs } from '../../domain/counters/counter-decision.ts'
import { isRiseCode } from '../../domain/counters/counter-waiting.ts'
import { formatMoney, type Units } from '../../domain/money/money.ts'
import { addDays } from '../../domain/time/dates.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import { saveDecision } from '../../evidence/counter-decisions.ts'
import { counterMode } from '../../evidence/counter-payouts.ts'
import { listVerdicts, type JudgedReading } from '../../evidence/counter-verdicts.ts'
import type { Landed } from '../../evidence/landing.ts'
import { isOpenFall } from '../../evidence/open-falls.ts'
import { isBefore } from '../../evidence/waiting-rises.ts'
import { openObjects } from '../../reconcile/exceptions.ts'
import { evidenceOf, type BatchContext, type ContextSource } from './context.ts'
import { nameOf } from './counter-outcome.ts'
import { settleCodes } from './settle-codes.ts'

export interface DayTotal {
  readonly date: IsoDate
  /** Earned or spent; signed. */
  readonly amount: Units
}

type Taken =
  /** No reading of that day is undecided. */
  | { readonly kind: 'settled' }
  /** Kept as a decision about the reading of that day; the readings from it on are to be judged again. */
  | { readonly kind: 'decides' }
  | { readonly kind: 'asks'; readonly reason: string }

export async function takeDayTotal(
  { db, book }: Pick<BatchContext, 'db' | 'book'>,
  source: ContextSource,
  item: Landed,
  total: DayTotal,
): Promise<Taken> {
  const held = (await listVerdicts(db, book, { source: source.id, status: 'held' })).toReversed()
  const about = held.find((each) => covers(each, total.date))
  if (about === undefined) return { kind: 'settled' }
  const mode = await counterMode(db, book, source.id)
  const meaning =
    about.days > 1 ? null : isOpenFall(about) ? fallAs(about, total.amount, mode) : riseAs(about, total, mode)
  const isPlain = isOpenFall(about) ? isConfirmed(about, await listVerdicts(db, book, { source: source.id })) : true
  if (meaning === null || !isPlain) return { kind: 'asks', reason: questionOf(about, held, total, meaning) }
  const why = `an evidence file states ${formatMoney(total.amount)} ${source.currency} for ${total.date}`
  const human = { place: evidenceOf(item), as: meaning, by: 'tieout', why, atMs: item.fetchedAtMs }
  const earned = meaning === 'reset' || meaning === 'payout' ? total.amount : null
  await saveDecision(db, book, source.id, about.place, { human, day: null, earned })
  return { kind: 'decides' }
}

/** What an exception about a day total of an undecided day is about; `row` is the file and its line. */
export function askedObject(kind: string, day: IsoDate, row: string): string {
  return `${kind}:${day}:${row}`
}

const ASKED = /^day-(?:earned|spent):(\d{4}-\d{2}-\d{2}):/

/** Day totals that were asked about are answered once no reading of their day is held: decided, rejected, or booked. */
export async function closeAnswered(
  context: BatchContext,
  { name }: ContextSource,
  item: Landed,
  held: readonly JudgedReading[],
): Promise<void> {
  for (const object of await openObjects(context.db, context.book, name, ['EVIDENCE_REFUSED'])) {
    const day = ASKED.exec(object)?.[1]
    if (day === undefined || held.some((each) => covers(each, day))) continue
    await settleCodes(context, item, name, object, ['EVIDENCE_REFUSED'])
  }
}

function covers({ day, days }: JudgedReading, date: IsoDate): boolean {
  return date <= day && date > addDays(day, -days)
}

/** Null when the total fits no single meaning of the fall: it lost something else than what the counter fell by. */
function fallAs({ change }: JudgedReading, amount: Units, mode: 'lifetime' | 'unpaid'): AcceptAs | null {
  if (amount === change) return 'clawback'
  if (amount < 0n) return null
  return mode === 'unpaid' ? 'payout' : 'reset'
}

/** An unpaid balance's rise may hide a payout, whatever the day earned. */
function riseAs(
  { code, change, role }: JudgedReading,
  { amount }: DayTotal,
  mode: 'lifetime' | 'unpaid',
): AcceptAs | null {
  if (role !== null || !isRiseCode(code) || amount !== change || mode === 'unpaid') return null
  return code === 'COUNTER_SPIKE' ? 'spike-ok' : 'repost'
}

/** A later reading was booked on top of the lower level, and none is back at the old one: the fall itself is no wrong reading. */
function isConfirmed({ place }: JudgedReading, all: readonly JudgedReading[]): boolean {
  const later = all.filter((each) => isBefore(place, each.place))
  return later.some(({ role }) => role === 'provisional') && !later.some(({ role }) => role === 'waiting')
}

function questionOf(
  about: JudgedReading,
  held: readonly JudgedReading[],
  { date, amount }: DayTotal,
  meaning: AcceptAs | null,
): string {
  const name = nameOf(about.place)
  const first = held.find(isOpenFall)
  if (about.role === 'waiting' && first !== undefined)
    return `reading ${name} covers ${date} and waits until reading ${nameOf(first.place)} is decided; decide that one: tieout counters list --held`
  const covers = about.days > 1 ? ` (it covers ${about.days} days)` : ''
  const open = `reading ${name} covers ${date}${covers} and is undecided`
  if (isOpenFall(about)) {
    const fall = formatMoney(-about.change)
    if (meaning === null)
      return `${open}: ${formatMoney(amount)} fits neither a clawback of ${fall} nor earnings beside a payout or a reset; decide it: tieout counters accept ${name} --as MEANING`
    const earned = meaning === 'clawback' ? '' : ` --earned ${formatMoney(amount)}`
    return `${open}, and the lower level may be a wrong reading; when it is right: tieout counters accept ${name} --as ${meaning}${earned}`
  }
  return `${open}: the counter moved by ${formatMoney(about.change)}; decide it: tieout counters accept ${name} --as MEANING, or reject it`
}
