/**
 * A person's decision about a counter, as a run of its own: tried first, then landed, and processed like any other
 * evidence. A decision that does not fit is refused before anything is landed, and its run is closed as failed.
 */
import { WITH_EARNED } from '../domain/counters/counter-decision.ts'
import { formatMoney, type Units } from '../domain/money/money.ts'
import { startTally } from '../domain/wallets/control-totals.ts'
import { InputError } from '../domain/errors.ts'
import type { IsoDate } from '../domain/transaction.ts'
import { counterMode } from '../evidence/counter-payouts.ts'
import { undecidedOf, type Undecided } from '../reconcile/undecided.ts'
import { listVerdicts, type JudgedReading } from '../evidence/counter-verdicts.ts'
import { lastLandedBatch } from '../evidence/landing.ts'
import { withBookRun, type BookRequest } from './book-run.ts'
import type { ContextSource } from './process/context.ts'
import { takeDecision, type CounterDecisionRequest } from './process/counter-decision.ts'
import { nameOf } from './process/counter-outcome.ts'
import { landAndProcess, type RunContext } from './run-context.ts'
import type { RunEnvironment } from './with-run.ts'

type OfReading = Exclude<CounterDecisionRequest, { decide: 'mode' }>
type OfMode = Extract<CounterDecisionRequest, { decide: 'mode' }>

export interface CounterDecided {
  readonly source: string
  readonly currency: string
  readonly posted: number
  /** The reading that was decided, those that were held, and those it changed, the oldest first. */
  readonly readings: readonly JudgedReading[]
  /** What it posted, reversals among them. */
  readonly entries: readonly DecidedEntry[]
  /** What is undecided still. */
  readonly undecided: Undecided | null
}

export interface DecidedEntry {
  readonly date: IsoDate
  readonly kind: string
  /** Negative: it takes back what was booked. */
  readonly amount: Units
  readonly memo: string
}

/** Throws InputError when there is no such reading, it is not held, or the word does not fit it. */
export async function decideReading(
  environment: RunEnvironment,
  request: BookRequest,
  decision: OfReading,
): Promise<CounterDecided> {
  return withDecision(environment, request, { decision }, async (context) => {
    const [found] = await listVerdicts(context.database.kysely, context.book.id, { place: decision.reading, limit: 1 })
    if (found === undefined) {
      const message = `There is no reading ${nameOf(decision.reading)} in book "${context.book.name}".`
      throw new InputError('READING_UNKNOWN', message, 'tieout counters list shows them.')
    }
    refuseUnlessNew(found, decision)
    const source = sourceInForce(context, found.source)
    await refuseUnlessFits(context, source, found, decision)
    return source
  })
}

/** Throws InputError when the source has no such counter or shows this already. */
export async function decideMode(
  environment: RunEnvironment,
  request: BookRequest,
  sourceName: string,
  decision: OfMode,
): Promise<CounterDecided> {
  refuseUnlessPublisher(request, sourceName)
  return withDecision(environment, request, { decision, of: { source: sourceName } }, async (context) => {
    const source = sourceInForce(context, sourceName)
    if ((await counterMode(context.database.kysely, context.book.id, source.id)) === decision.mode) {
      const message = `The counter of "${sourceName}" is taken as ${decision.mode} already.`
      throw new InputError('MODE_UNCHANGED', message, 'There is nothing to decide.')
    }
    return source
  })
}

/** The configuration says it, so no run is needed to know. */
function refuseUnlessPublisher({ book }: BookRequest, name: string): void {
  const source = book.sources.find((each) => each.name === name)
  if (source === undefined || (source.type === 'payelancer' && source.role === 'publisher')) return
  const what = source.type === 'panel' ? 'a panel' : 'an advertiser'
  const message = `"${name}" is ${what}: only a publisher's counter can show what is unpaid.`
  throw new InputError('MODE_NOT_FOR_SOURCE', message, 'Name a publisher.')
}

function landingOf(source: string, decision: CounterDecisionRequest, fetchedAtMs: number) {
  return {
    kind: 'counter-decision' as const,
    source,
    request: {},
    fetchedAtMs,
    httpStatus: null,
    contentType: 'application/json',
    body: Buffer.from(JSON.stringify(decision)),
  }
}

/** The reading it speaks of, what was held before, and whatever else came out otherwise. */
function touched(
  before: readonly JudgedReading[],
  after: readonly JudgedReading[],
  decision: CounterDecisionRequest,
): readonly JudgedReading[] {
  const known = new Map(before.map((each) => [nameOf(each.place), each]))
  const named = decision.decide === 'mode' ? null : nameOf(decision.reading)
  return after.toReversed().filter((each) => {
    const was = known.get(nameOf(each.place))
    const isOther = was?.status !== each.status || was.change !== each.change || was.role !== each.role
    return was?.status === 'held' || isOther || nameOf(each.place) === named
  })
}

async function lastSequence({ database, book }: RunContext): Promise<bigint> {
  const row = await database.kysely.selectFrom('head').select('seq').where('book', '=', book.id).executeTakeFirst()
  return row?.seq ?? 0n
}

async function entriesAfter({ database, book }: RunContext, head: bigint): Promise<readonly DecidedEntry[]> {
  const rows = await database.kysely
    .selectFrom('txn')
    .select(['effective_date', 'kind', 'amount', 'memo'])
    .where('book', '=', book.id)
    .where('seq', '>', head)
    .orderBy('seq')
    .execute()
  return rows.map(({ effective_date: date, ...entry }) => ({ date, ...entry }))
}

/** The very same decision again is a slip of the hand. */
function refuseUnlessNew({ place, decided, day }: JudgedReading, decision: OfReading): void {
  if (decided === null) return
  const isOther =
    decision.decide === 'reject'
      ? decided.as !== 'reject' || decision.through !== undefined
      : decided.as !== decision.as || decision.day !== null || (decision.earned ?? null) !== null
  if (isOther) return
  const when = new Date(decided.atMs).toISOString()
  const message = `Reading ${nameOf(place)} (${day}) was decided already: ${decided.as}, by ${decided.by} on ${when}.`
  throw new InputError('READING_DECIDED', message, 'Another decision about it replaces that one.')
}

interface Asked {
  readonly decision: CounterDecisionRequest
  /** What the decision itself does not name, kept with its run. */
  readonly of?: { readonly source?: string }
}

async function withDecision(
  environment: RunEnvironment,
  request: BookRequest,
  { decision, of = {} }: Asked,
  check: (context: RunContext) => Promise<ContextSource>,
): Promise<CounterDecided> {
  const body = JSON.stringify(decision)
  const { result } = await withBookRun(environment, request, 'decision', { decision: body, ...of }, async (context) => {
    const { kysely } = context.database
    const source = await check(context)
    const before = await listVerdicts(kysely, context.book.id, { source: source.id })
    const head = await lastSequence(context)
    const landing = landingOf(source.name, decision, context.clock.nowMs())
    const { posted } = await landAndProcess(context, `decide:${source.name}`, [landing])
    const after = await listVerdicts(kysely, context.book.id, { source: source.id })
    const readings = touched(before, after, decision)
    const undecided = await undecidedOf(kysely, context.book.id, source.id)
    const { name, currency } = source
    return { source: name, currency, posted, readings, undecided, entries: await entriesAfter(context, head) }
  })
  return result
}

/** Tries it in a transaction that is thrown away. */
async function refuseUnlessFits(
  context: RunContext,
  source: ContextSource,
  found: JudgedReading,
  decision: OfReading,
): Promise<void> {
  const name = `Reading ${nameOf(found.place)} (${formatMoney(found.reading.amount)} ${source.currency})`
  if (decision.decide === 'accept') refuseUnlessWorded(found, decision, name)
  const refused = await rehearse(context, source, decision)
  if (refused === null) return
  const verb = decision.decide === 'reject' ? 'rejected' : `accepted as ${decision.as}`
  const message = `${name} cannot be ${verb}: ${refused}.`
  throw new InputError('DECISION_DOES_NOT_FIT', message, 'tieout counters list shows the readings around it.')
}

function refuseUnlessWorded(
  found: JudgedReading,
  { as, day, earned }: Extract<OfReading, { decide: 'accept' }>,
  name: string,
): void {
  if (earned !== undefined && earned !== null && !WITH_EARNED.has(as)) {
    throw new InputError('EARNED_NOT_FOR_DECISION', `A ${as} says itself how much it comes to.`, 'Leave --earned out.')
  }
  if (day === null) return
  if (as !== 'clawback' && as !== 'repost') {
    throw new InputError('DAY_NOT_FOR_DECISION', `A ${as} corrects no earlier day.`, 'Leave --day out.')
  }
  if (day > found.day) {
    throw new InputError(
      'DAY_LATER',
      `${name} counts on ${found.day}; it cannot correct ${day}, which is later.`,
      'Give the day that is corrected.',
    )
  }
}

/** Why the decision would not fit; null when it would. */
async function rehearse(
  { database, book, processor, clock }: RunContext,
  source: ContextSource,
  decision: OfReading,
): Promise<string | null> {
  const { inForce } = processor
  if (inForce === null) throw new RangeError('settings are in force once a run has begun')
  const batch = (await lastLandedBatch(database.kysely, book.id)) + 1
  let refused: string | null = null
  const thrown = new Error('thrown away')
  const tried = database.kysely.transaction().execute(async (trx) => {
    const { settings, rules, sourceIds } = inForce
    const followUp = { unread: [], registered: [] }
    const context = {
      db: trx,
      book: book.id,
      batch,
      settings,
      rules,
      sourceIds,
      tally: startTally(),
      followUp,
      warn: () => undefined,
    }
    const taken = await takeDecision(
      context,
      source,
      { ...landingOf(source.name, decision, clock.nowMs()), batch, item: 1, sha256: Buffer.alloc(32) },
      decision,
    )
    refused = taken.refused
    throw thrown
  })
  await tried.catch((error: unknown) => {
    if (error !== thrown) throw error
  })
  return refused
}

function sourceInForce({ processor, book }: RunContext, name: string): ContextSource {
  const settings = processor.inForce?.settings.sources.find((each) => each.name === name)
  const id = processor.inForce?.sourceIds.get(name)
  if (settings !== undefined && id !== undefined) return { ...settings, id }
  const message = `Book "${book.name}" has no source "${name}" in its configuration.`
  throw new InputError('SOURCE_UNKNOWN', message, 'Put it back into tieout.yaml to decide about its readings.')
}
