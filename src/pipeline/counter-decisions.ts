/**
 * A person's decision about a counter, as a run of its own: checked against what is held, landed, and processed like any
 * other evidence. A decision that does not fit is refused before anything is landed, and its run is closed as failed.
 */
import { acceptReading } from '../domain/counters/counter-decision.ts'
import { formatMoney } from '../domain/money/money.ts'
import { InputError } from '../domain/errors.ts'
import type { Evidence } from '../domain/transaction.ts'
import { counterMode } from '../evidence/counter-payouts.ts'
import { listVerdicts, type JudgedReading } from '../evidence/counter-verdicts.ts'
import { withBookRun, type BookRequest } from './book-run.ts'
import type { ContextSource } from './process/context.ts'
import { STILL_SHOWN, type CounterDecisionRequest } from './process/counter-decision.ts'
import { gatherFacts } from './process/counter-facts.ts'
import { landAndProcess, type RunContext } from './run-context.ts'
import type { RunEnvironment } from './with-run.ts'

type OfReading = Exclude<CounterDecisionRequest, { decide: 'mode' }>
type OfMode = Extract<CounterDecisionRequest, { decide: 'mode' }>

export interface CounterDecided {
  readonly source: string
  readonly posted: number
  /** The readings that were held, with what has become of them. */
  readonly readings: readonly JudgedReading[]
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
    refuseUnlessHeld(found)
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
    const held = await listVerdicts(kysely, context.book.id, { source: source.id, status: 'held' })
    const landing = {
      kind: 'counter-decision' as const,
      source: source.name,
      request: {},
      fetchedAtMs: context.clock.nowMs(),
      httpStatus: null,
      contentType: 'application/json',
      body: Buffer.from(body),
    }
    const { posted } = await landAndProcess(context, `decide:${source.name}`, [landing])
    const readings = await Promise.all(
      held.toReversed().map(({ place }) => listVerdicts(kysely, context.book.id, { source: source.id, place })),
    )
    return { source: source.name, posted, readings: readings.flat() }
  })
  return result
}

const NOT_HELD: Readonly<Record<JudgedReading['status'], string>> = {
  baseline: 'counting started there',
  unchanged: 'it changed nothing',
  booked: 'it was booked at once',
  held: 'it is held',
  accepted: 'it was accepted',
  rejected: 'it was rejected',
  superseded: 'a later one was booked',
}

function refuseUnlessHeld({ place, status, decided }: JudgedReading): void {
  if (status === 'held') return
  const name = nameOf(place)
  if (decided !== null && (status === 'accepted' || status === 'rejected')) {
    const when = new Date(decided.atMs).toISOString()
    const message = `Reading ${name} was decided already: ${decided.as}, by ${decided.by} on ${when}.`
    throw new InputError(
      'READING_DECIDED',
      message,
      'A decision is not taken twice; the next reading can be decided anew.',
    )
  }
  const message =
    status === 'superseded'
      ? `Reading ${name} has nothing left to decide: a later reading has been booked since, and it covers this one.`
      : `Reading ${name} was not held back: ${NOT_HELD[status]}.`
  throw new InputError('READING_NOT_HELD', message, 'tieout counters list --held shows what waits for a person.')
}

async function refuseUnlessFits(
  context: RunContext,
  source: ContextSource,
  held: JudgedReading,
  decision: OfReading,
): Promise<void> {
  const book = { db: context.database.kysely, book: context.book.id }
  const facts = await gatherFacts(book, source, held.reading, held)
  const name = `Reading ${nameOf(held.place)} (${formatMoney(held.reading.amount)} ${source.currency})`
  if (decision.decide === 'reject') {
    if (!facts.covered) return
    const message = `${name} cannot be rejected: ${STILL_SHOWN}.`
    throw new InputError('DECISION_DOES_NOT_FIT', message, 'tieout counters list shows the readings after it.')
  }
  const { as, day } = decision
  const accepted = acceptReading(facts, as)
  if (accepted.kind === 'refused') {
    throw new InputError(
      'DECISION_DOES_NOT_FIT',
      `${name} cannot be accepted as ${as}: ${accepted.reason}.`,
      'tieout counters list --held shows what it changed.',
    )
  }
  if (day === null) return
  if (as !== 'clawback' && as !== 'repost') {
    throw new InputError('DAY_NOT_FOR_DECISION', `A ${as} corrects no earlier day.`, 'Leave --day out.')
  }
  if (day > facts.day) {
    throw new InputError(
      'DAY_LATER',
      `${name} counts on ${facts.day}; it cannot correct ${day}, which is later.`,
      'Give the day that is corrected.',
    )
  }
}

function sourceInForce({ processor, book }: RunContext, name: string): ContextSource {
  const settings = processor.inForce?.settings.sources.find((each) => each.name === name)
  const id = processor.inForce?.sourceIds.get(name)
  if (settings !== undefined && id !== undefined) return { ...settings, id }
  const message = `Book "${book.name}" has no source "${name}" in its configuration.`
  throw new InputError('SOURCE_UNKNOWN', message, 'Put it back into tieout.yaml to decide about its readings.')
}

export function nameOf({ batch, item }: Evidence): string {
  return `${batch}.${item}`
}
