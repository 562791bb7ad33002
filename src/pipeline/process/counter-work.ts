/**
 * Booking readings of one counter: a decision becomes postings, an accepted state to compare the next reading with, and
 * a verdict people can list. One piece of work serves one landed item, whether it is a reading, a person's decision that
 * settles several held readings, or a payout that explains one.
 */
import type { CounterDecision, CounterFacts, CounterReading } from '../../domain/counters/counter.ts'
import { RISE_CODES, sumOf, type WaitingRise } from '../../domain/counters/counter-waiting.ts'
import type { ExceptionCode } from '../../domain/exception.ts'
import type { Evidence, IsoDate, TransactionDraft } from '../../domain/transaction.ts'
import type { Landed } from '../../evidence/landing.ts'
import { markShown } from '../../evidence/counter-payouts.ts'
import {
  listVerdicts,
  saveVerdict,
  supersede,
  supersedeHeld,
  type CounterVerdict,
  type HumanDecision,
  type JudgedReading,
} from '../../evidence/counter-verdicts.ts'
import { saveCounter } from '../../evidence/readings.ts'
import { riseOf, waitingRises } from '../../evidence/waiting-rises.ts'
import { positions, type Position } from '../../ledger/positions.ts'
import { evidenceOf, raise, settle, type BatchContext, type ContextSource } from './context.ts'
import { changeDrafts, COUNTER_NAMES } from './counter-drafts.ts'
import { acceptedState, gatherFacts, judge, type GatheredFacts } from './counter-facts.ts'

export interface CounterWork {
  readonly context: BatchContext
  readonly source: ContextSource
  /** What is being processed; its instant is when we knew. */
  readonly item: Landed
  readonly drafts: TransactionDraft[]
  /** What the ledger will hold once the drafts are posted, by kind. */
  readonly held: Map<string, Position>
  /** The next free line at the item's place, for states accepted later than their reading was landed. */
  line: number
}

/** About the last attempt to read, which a decision about an earlier reading does not settle. */
const UNREAD: readonly ExceptionCode[] = ['BAD_PAYLOAD', 'STALE_SOURCE']

export interface WorkOptions {
  readonly firstLine?: number
}

export async function startCounterWork(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  { firstLine = 1 }: WorkOptions = {},
): Promise<CounterWork> {
  const { object } = COUNTER_NAMES[source.kind === 'publisher' ? 'publisher' : 'advertiser']
  const held = (await positions(context.db, context.book, source.id, [object])).get(object)
  // A payout's item is a file that speaks of several sources.
  return { context, source, item: { ...item, source: source.name }, drafts: [], held: new Map(held), line: firstLine }
}

/** A reading just landed at the work's own place; returns what it was judged by. */
export async function judgeNewReading(work: CounterWork, reading: CounterReading): Promise<CounterFacts> {
  const { context, source, item } = work
  const facts = await gatherFacts(context, source, reading)
  const decision = judge(facts)
  const place = { batch: item.batch, item: item.item, line: 0 }
  const state = { ...acceptedState(facts), origin: 'api' as const }
  const kept = { name: decision.kind, accepted: decision.kind !== 'held' }
  await saveCounter(context.db, context.book, source.id, place, state, kept)
  await applyDecision(work, evidenceOf(item), facts, decision, null)
  return facts
}

/**
 * Held readings, judged again from the oldest because what they are compared with has changed. Those that are in order
 * now are booked; the others stay held, and the newest says why.
 */
export async function judgeHeldAgain(work: CounterWork): Promise<void> {
  const { context, source, item } = work
  const held = await listVerdicts(context.db, context.book, { source: source.id, status: 'held' })
  await settle(context, item, 'counter', { except: UNREAD })
  for (const each of held.toReversed()) {
    const facts = await gatherFacts(context, source, each.reading, each)
    if (facts.covered) {
      await stillHeld(work, each)
      continue
    }
    const decision = judge(facts)
    if (decision.kind !== 'held') await acceptState(work, facts)
    await applyDecision(work, each.place, facts, decision, null)
  }
}

/** A rise others were booked on top of waits for a person as before: nothing else can tell what it was. */
async function stillHeld({ context, source, item }: CounterWork, held: JudgedReading): Promise<void> {
  const rise = riseOf(held)
  if (rise === null) return
  context.tally.add('excepted', source.currency, held.change)
  const earlier = await waitingRises(context.db, context.book, source.id, rise.place)
  const amount = held.change + sumOf(earlier.filter(({ code }) => code === rise.code))
  const detail = `reading ${held.place.batch}.${held.place.item}: ${held.reason}`
  const { currency } = source
  await raise(context, item, { source: source.name, code: rise.code, object: 'counter', amount, currency, detail })
}

/** Makes a reading that was held the state the next one is compared with. */
export async function acceptState(work: CounterWork, facts: GatheredFacts): Promise<void> {
  const { context, source, item } = work
  const place = { batch: item.batch, item: item.item, line: work.line }
  work.line += 1
  const state = { ...acceptedState(facts), origin: 'decision' as const }
  await saveCounter(context.db, context.book, source.id, place, state, { name: 'decision', accepted: true })
}

export interface Decided {
  /** As it was held: its code and reason stay on record. */
  readonly held: Pick<CounterVerdict, 'code' | 'reason'>
  readonly human: HumanDecision
  /** The day a correction belongs to, when the person knows it. */
  readonly day: IsoDate | null
}

/** Posts what a decision says about the reading at `place` and writes the verdict; closes or raises the counter's exception. */
export async function applyDecision(
  work: CounterWork,
  place: Evidence,
  facts: GatheredFacts,
  decision: CounterDecision,
  decided: Decided | null,
): Promise<void> {
  const { context, source, item } = work
  const { currency } = source
  const verdict = verdictOf(facts, decision, decided)
  let rule = verdict.rule
  // Only a reading that came just now shows that the source can be read again.
  const unread = place.batch === item.batch && place.item === item.item ? [] : UNREAD
  const except = [...unread, ...waitingAfter(facts, decision).map(({ code }) => code)]
  switch (decision.kind) {
    case 'held': {
      const { code, reason } = decision
      context.tally.add('excepted', currency, decision.amount)
      await settle(context, item, 'counter', { except: [code, ...except] })
      const amount = decision.amount + sumOf(facts.waiting.filter((each) => each.code === code))
      const detail = `reading ${place.batch}.${place.item}: ${reason}`
      await raise(context, item, { source: source.name, code, object: 'counter', amount, currency, detail })
      break
    }
    case 'baseline':
      context.warn(source.name, decision.reason)
      context.tally.add('unchanged', currency, 0n)
      await settle(context, item, 'counter', { except })
      break
    case 'unchanged':
      context.tally.add('unchanged', currency, 0n)
      await settle(context, item, 'counter', { except })
      break
    case 'rise':
    case 'fall': {
      context.tally.add('posted', currency, decision.amount)
      await settle(context, item, 'counter', { except })
      const drafts = await changeDrafts(work, place, facts, decision, decided)
      rule = drafts[0]?.rule ?? rule
      work.drafts.push(...drafts)
      break
    }
  }
  if ('payouts' in decision) {
    await markShown(context.db, context.book, source.id, decision.payouts, place)
    for (const { key } of decision.payouts) await settle(context, item, key)
  }
  // Settings from before there were limits: what they decided is looked back on by nothing.
  if (source.counter === undefined) return
  await saveVerdict(context.db, context.book, source.id, place, { ...verdict, rule }, decided?.human ?? null)
  if (facts.covered) return
  const still = waitingAfter(facts, decision).map((each) => each.place)
  if (decision.kind !== 'held') await supersedeHeld(context.db, context.book, source.id, place, still)
  else if (isRise(decision.code)) await supersede(context.db, context.book, source.id, facts.gone)
}

/** Rises that go on waiting once this is decided: a held fall takes none of them away, since the counter may come back. */
function waitingAfter({ waiting, gone }: GatheredFacts, decision: CounterDecision): readonly WaitingRise[] {
  return decision.kind === 'held' && !isRise(decision.code) ? [...waiting, ...gone] : waiting
}

function isRise(code: string): boolean {
  return RISE_CODES.some((each) => each === code)
}

function verdictOf(facts: GatheredFacts, decision: CounterDecision, decided: Decided | null): CounterVerdict {
  const { day, days, impressionsChange, clicksChange } = facts
  const { code, reason } = decided?.held ?? { code: null, reason: '' }
  const about = { day, days, impressionsChange, clicksChange, code, rule: null, change: 0n, reason }
  switch (decision.kind) {
    case 'baseline':
      return { ...about, status: 'baseline', reason: decision.reason }
    case 'unchanged':
      return { ...about, status: decided === null ? 'unchanged' : 'accepted' }
    case 'held':
      return { ...about, status: 'held', code: decision.code, change: decision.amount, reason: decision.reason }
    case 'rise':
    case 'fall': {
      const change = decision.kind === 'rise' ? decision.amount : -decision.amount
      return { ...about, status: decided === null ? 'booked' : 'accepted', rule: decision.rule, change }
    }
  }
}
