/**
 * Booking readings of one counter. A new reading is judged against what came before it. Whatever changes the past, a
 * decision, a payout, a word about what the counter shows, makes the readings from the first it touches be judged again
 * in their order, and the difference between what they come to now and what is posted of each is posted on its day. So
 * neither the order of decisions nor how late they come changes what a day comes to.
 */
import type { CounterFacts, CounterReading } from '../../domain/counters/counter.ts'
import { isRiseCode } from '../../domain/counters/counter-waiting.ts'
import type { Units } from '../../domain/money/money.ts'
import type { Evidence, IsoDate, TransactionDraft } from '../../domain/transaction.ts'
import { decisionsFrom, type ReadingDecision } from '../../evidence/counter-decisions.ts'
import { forgetShown, markShown } from '../../evidence/counter-payouts.ts'
import {
  forgetVerdicts,
  listVerdicts,
  saveVerdict,
  supersede,
  supersedeHeld,
  type CounterVerdict,
} from '../../evidence/counter-verdicts.ts'
import type { Landed } from '../../evidence/landing.ts'
import { forgetOutcomes, readingsFrom, saveCounter, saveOutcome } from '../../evidence/readings.ts'
import { positions, type Position } from '../../ledger/positions.ts'
import type { Settings } from '../settings.ts'
import { settingsFrom } from '../settings-known-at.ts'
import { evidenceOf, settle, type BatchContext, type ContextSource } from './context.ts'
import { changesOf, COUNTER_NAMES } from './counter-drafts.ts'
import { accountedAfter, gatherFacts } from './counter-facts.ts'
import { nameOf, outcomeOf, type Outcome } from './counter-outcome.ts'

export interface CounterWork {
  readonly context: BatchContext
  readonly source: ContextSource
  /** What is being processed; its instant is when we knew. */
  readonly item: Landed
  readonly drafts: TransactionDraft[]
  /** What the ledger will hold once the drafts are posted, by kind. */
  readonly held: Map<string, Position>
  /** What the readings judged by this work come to. */
  readonly wanted: WantedChange[]
  /** Days of missed readings disclosed by this work. */
  readonly gaps: Set<string>
  /** Why what a person said about a reading does not fit, by reading. */
  readonly refused: Map<string, string>
  /** The first reading judged by this work; null before. */
  from: Evidence | null
}

/** What a reading comes to on one day. */
export interface WantedChange {
  readonly place: Evidence
  /** As the ledger's kinds: "earn", "clawback", "spend", "spend-credit". */
  readonly kind: string
  readonly amount: Units
  readonly date: IsoDate
  readonly rule: string
  readonly memo: string
}

export async function startCounterWork(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
): Promise<CounterWork> {
  const { object } = COUNTER_NAMES[source.kind === 'publisher' ? 'publisher' : 'advertiser']
  const held = (await positions(context.db, context.book, source.id, [object])).get(object)
  return {
    context,
    source,
    // A payout's item is a file that speaks of several sources.
    item: { ...item, source: source.name },
    drafts: [],
    held: new Map(held),
    wanted: [],
    gaps: new Set(),
    refused: new Map(),
    from: null,
  }
}

/** A reading just landed at the work's own place; returns what it was judged by. */
export async function judgeNewReading(work: CounterWork, reading: CounterReading): Promise<CounterFacts> {
  const { context, source, item } = work
  const place = evidenceOf(item)
  const state = { reading, accounted: reading.amount, origin: 'api' as const }
  const notYet = { name: 'held', accepted: false }
  await saveCounter(context.db, context.book, source.id, { ...place, line: 0 }, state, notYet)
  work.from = place
  return judgeAt(work, { place, reading }, null)
}

/**
 * Judges the readings from a place on again, in their order, by all that is known and was decided. Each by the settings
 * it was first judged by: a time zone or a limit that was changed since must move nothing that nobody decided about.
 */
export async function judgeAgainFrom(work: CounterWork, from: Evidence): Promise<void> {
  const { context, source } = work
  const { db, book } = context
  const before = new Map(
    (await listVerdicts(db, book, { source: source.id, from })).map((each) => [nameOf(each.place), each]),
  )
  const decisions = await decisionsFrom(db, book, source.id, from)
  await forgetVerdicts(db, book, source.id, from)
  await forgetOutcomes(db, book, source.id, from)
  await forgetShown(db, book, source.id, from)
  work.wanted.length = 0
  work.gaps.clear()
  work.refused.clear()
  work.from = from
  const settings = await settingsFrom(db, book, from.batch)
  for (const placed of await readingsFrom(db, book, source.id, from)) {
    const name = nameOf(placed.place)
    const then = settings.findLast(({ batch }) => batch <= placed.place.batch)?.settings
    const working = { ...work, source: sourceThen(source, then) }
    await judgeAt(working, placed, decisions.get(name) ?? null, before.get(name) ?? null)
  }
}

/** The source as settings had it. Settings without it, or from before there were limits, say nothing of it. */
function sourceThen(now: ContextSource, settings: Settings | undefined): ContextSource {
  const then = settings?.sources.find(({ name }) => name === now.name)
  if (then?.counter === undefined) return now
  const { timeZone, reviewAbove, counter } = then
  return { ...now, timeZone, reviewAbove, counter }
}

/** Judges again from the oldest reading that is held; nothing when none is. */
export async function judgeHeldAgain(work: CounterWork): Promise<void> {
  const { context, source } = work
  const oldest = (await listVerdicts(context.db, context.book, { source: source.id, status: 'held' })).at(-1)
  if (oldest !== undefined) await judgeAgainFrom(work, oldest.place)
}

interface Placed {
  readonly place: Evidence
  readonly reading: CounterReading
}

/** `before`: what had become of it; what stays as it was is not counted again. */
async function judgeAt(
  work: CounterWork,
  { place, reading }: Placed,
  said: ReadingDecision | null,
  before: CounterVerdict | null = null,
): Promise<CounterFacts> {
  const { context, source, item } = work
  const { db, book } = context
  const facts = await gatherFacts(context, source, reading, place)
  const outcome = outcomeOf(facts, said, source.counter !== undefined)
  const { decision, refused } = outcome
  if (refused !== null) work.refused.set(nameOf(place), refused)
  let { verdict } = outcome
  if (decision.kind === 'baseline' && verdict.status !== 'rejected') context.warn(source.name, decision.reason)
  if (verdict.status !== 'rejected' && verdict.status !== 'held') {
    const changes = await changesOf(work, place, facts, outcome)
    work.wanted.push(...changes)
    verdict = { ...verdict, rule: changes[0]?.rule ?? verdict.rule }
    if ('payouts' in decision) {
      await markShown(db, book, source.id, decision.payouts, place)
      for (const { key } of decision.payouts) await settle(context, item, key)
    }
  }
  const accepted = verdict.status !== 'rejected' && verdict.status !== 'held'
  const name = verdict.status === 'rejected' ? 'rejected' : decision.kind
  await saveOutcome(db, book, source.id, place, accountedAfter(facts), { name, accepted })
  if (before === null || !isSame(before, verdict)) count(work, verdict)
  // Settings from before there were limits: what they decided is looked back on by nothing.
  if (source.counter === undefined) return facts
  await saveVerdict(db, book, source.id, place, verdict, outcome.said?.human ?? null)
  await supersedeBehind(work, place, facts, outcome)
  return facts
}

/** What was held as a rise, or for its clock, has nothing left to decide once a later reading is taken as in order. */
async function supersedeBehind(
  { context: { db, book }, source }: CounterWork,
  place: Evidence,
  { waiting, gone, after }: Awaited<ReturnType<typeof gatherFacts>>,
  { verdict }: Outcome,
): Promise<void> {
  if (verdict.status === 'rejected') return
  if (verdict.jump !== 0n) {
    // A reset says nothing of what waited before it: that was earned or not. Only a wrong clock is of no interest now.
    const held = await listVerdicts(db, book, { source: source.id, status: 'held' })
    const undecided = held
      .filter(({ code, role }) => role === null && code !== 'COUNTER_CLOCK')
      .map((each) => each.place)
    return supersedeHeld(db, book, source.id, { before: place, after }, undecided)
  }
  if (verdict.status === 'held') {
    if (verdict.role === null && isRiseCode(verdict.code)) await supersede(db, book, source.id, gone)
    return
  }
  const still = waiting.map((each) => each.place)
  await supersedeHeld(db, book, source.id, { before: place, after }, still)
}

function isSame(before: CounterVerdict, now: CounterVerdict): boolean {
  return before.status === now.status && before.change === now.change && before.role === now.role
}

function count({ context, source }: CounterWork, { status, change }: CounterVerdict): void {
  const { tally } = context
  switch (status) {
    case 'booked':
    case 'accepted':
      return tally.add(change === 0n ? 'unchanged' : 'posted', source.currency, change)
    case 'held':
    case 'rejected':
      return tally.add('excepted', source.currency, change)
    case 'baseline':
    case 'unchanged':
    case 'superseded':
      return tally.add('unchanged', source.currency, 0n)
  }
}
