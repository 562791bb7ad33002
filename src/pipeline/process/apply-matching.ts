/**
 * One reconciliation: lines that settle by themselves, then all that is open against all that is expected. What the
 * rules confirm becomes a match and is posted; what they propose waits for a person; what is matched stays.
 */
import { classifyAll, matchLines, standAlone, type AloneLine } from '../../matching/rules/match-lines.ts'
import type { Match } from '../../domain/matching/match.ts'
import { partsOf, type MatchSettings } from '../../domain/matching/policy.ts'
import type { How } from '../../domain/matching/how.ts'
import type { TransactionDraft } from '../../domain/transaction.ts'
import type { Landed } from '../../log/landing.ts'
import { readRefusals } from '../../evidence/match-decisions.ts'
import { dropProposals, insertMatches, lastMatch, type NewMatch } from '../../evidence/matches.ts'
import { matchesById, matchIds } from '../../evidence/read-matches.ts'
import { evidenceOf, type BatchContext } from './context.ts'
import { expectMoved } from './expect-moved.ts'
import { LINES_AT_ONCE, matchSettings, openLinePages, readPool, type Pool, type PoolLine } from './match-pool.ts'
import { settleContext } from './settle-context.ts'
import { draftLines, legKey, postsOfLegs, type Sides } from './settle-matches.ts'
import { settleWaiting } from './settle-waiting.ts'
import { tallyEndings } from './tally-endings.ts'
import { reportMatching, type Unsettled } from './match-exceptions.ts'
import { addLine, saveSummary, summarise, type AloneEnding, type Outcome, type Sums } from './match-summary.ts'
import type { SettleContext } from '../../domain/settlement/settlement.ts'

/** Returns what is to be posted. Does nothing in a book without money accounts. */
export async function applyMatching(
  context: BatchContext,
  item: Landed,
  day: string,
): Promise<readonly TransactionDraft[]> {
  const settings = matchSettings(context)
  if (settings === null) return []
  const { db, book } = context
  const work: Work = {
    context,
    item,
    settings,
    rates: await settleContext(context),
    refused: await readRefusals(db, book),
    place: evidenceOf(item),
    next: (await lastMatch(db, book)) + 1n,
    touched: new Set(),
    unsettled: [],
  }
  await settleWaiting(work)
  const { start, alone } = await matchAlone(work)
  const outcome = await matchRest(work)
  await reportMatching(context, item, day, { ...outcome, refused: work.refused, unsettled: work.unsettled })
  const summary = summarise(day, { ...outcome, start, alone, unbooked: work.unsettled.length })
  tallyEndings(context, summary, outcome.found.unmatchedLines, outcome.pool)
  await saveSummary(context, item, summary, work.next - 1n)
  await postTouched(work)
  return draftLines(context, [...work.touched])
}

type Alone = Pick<Outcome, 'start' | 'alone'>

/**
 * Lines that need no other side, some at a time, as a file may be nothing else. The sides of a conversion may be far apart,
 * so those wait for the last page.
 */
async function matchAlone(work: Work): Promise<Alone> {
  const start: Sums = new Map()
  const alone: Alone['alone'] = { 'by-rule': new Map(), ignored: new Map() }
  const conversions: PoolLine[] = []
  for await (const page of openLinePages(work.context)) {
    for (const { open } of page) addLine(start, open)
    const classes = classify(work, page)
    const isConversion = ({ open }: PoolLine): boolean => classes.get(open.id)?.kind === 'conversion'
    conversions.push(...page.filter(isConversion))
    const others = page.filter((line) => !isConversion(line))
    await settleAlone(work, others, classes, alone)
    await postTouched(work)
  }
  await settleAlone(work, conversions, classify(work, conversions), alone)
  return { start, alone }
}

function classify({ settings, refused }: Work, lines: readonly PoolLine[]): ReturnType<typeof classifyAll> {
  return classifyAll(
    lines.map(({ open }) => open),
    settings,
    refused,
  )
}

/** What of them leaves one account is expected on another from now on. Notes what became of each. */
async function settleAlone(
  work: Work,
  some: readonly PoolLine[],
  classes: ReturnType<typeof classify>,
  alone: Alone['alone'],
): Promise<void> {
  const lines = new Map(some.map((line) => [line.open.id, line]))
  const sides = { lines, items: new Map() }
  const found = standAlone(
    some.map(({ open }) => open),
    classes,
  )
  const made = await makeMatches(
    work,
    found.map((each) => aloneMatch(each, sides)),
    sides,
  )
  await expectMoved(work.context, work.item, made, sides)
  for (const { match } of made) {
    const ending: AloneEnding = match.step === 'ignored' ? 'ignored' : 'by-rule'
    for (const { ref } of match.legs) {
      const line = lines.get(String(ref))
      if (line !== undefined) addLine(alone[ending], line.open)
    }
  }
}

/** Posts all but the last of them, so that what is drafted at once has a bound. */
async function postTouched({ context, touched }: Work): Promise<void> {
  while (touched.size > LINES_AT_ONCE) {
    const some = [...touched].sort((a, b) => (a < b ? -1 : 1)).slice(0, LINES_AT_ONCE)
    await context.post(await draftLines(context, some))
    for (const line of some) touched.delete(line)
  }
}

/** Everything else. What was matched before stays as it is. */
async function matchRest(work: Work): Promise<Omit<Outcome, 'start' | 'alone' | 'unbooked'>> {
  const { context, settings, refused } = work
  const pool = await readPool(context)
  const lines = [...pool.lines.values()].map(({ open }) => open)
  const items = [...pool.items.values()].map(({ open }) => open)
  const found = matchLines(lines, items, settings, { classes: classifyAll(lines, settings, refused), refused })
  const judged = found.matches.map((match) => engineMatch(match, pool, settings))
  const matched = await makeMatches(
    work,
    judged.filter(({ status }) => status === 'active'),
    pool,
  )
  const proposals = await replaceProposals(
    work,
    judged.filter(({ status }) => status === 'proposed'),
  )
  return { matched, proposals, found, pool }
}

export interface Work {
  readonly context: BatchContext
  readonly item: Landed
  readonly settings: MatchSettings
  readonly rates: SettleContext
  /** Pairs people have separated. */
  readonly refused: ReadonlySet<string>
  readonly place: { readonly batch: number; readonly item: number }
  /** The number of the next match. */
  next: bigint
  /** Lines whose postings may change. */
  readonly touched: Set<bigint>
  readonly unsettled: Unsettled[]
}

export interface Made {
  readonly id: bigint
  readonly match: NewMatch
}

/** Inserts matches with what each leg posts, and notes the lines they touch. */
async function makeMatches(work: Work, matches: readonly NewMatch[], sides: Sides): Promise<readonly Made[]> {
  const first = work.next
  const settled = matches.map((match, index) => withPosts(work, match, first + BigInt(index), sides))
  await insertMatches(work.context.db, work.context.book, first, settled, work.place)
  work.next += BigInt(matches.length)
  for (const { legs } of settled) for (const { side, ref } of legs) if (side === 'line') work.touched.add(ref)
  return settled.map((match, index) => ({ id: first + BigInt(index), match }))
}

function withPosts(work: Work, match: NewMatch, id: bigint, sides: Sides): NewMatch {
  const posts = postsOfLegs(match, sides, work.rates)
  if (posts.ok)
    return { ...match, legs: match.legs.map((leg) => ({ ...leg, posts: posts.posts.get(legKey(leg)) ?? null })) }
  work.unsettled.push({ match: id, legs: match.legs, lack: posts.lack, reason: posts.reason })
  return match
}

function aloneMatch({ lines, means }: AloneLine, { lines: held }: Pool): NewMatch {
  const legs = lines.map((id) => ({
    side: 'line' as const,
    ref: BigInt(id),
    amount: held.get(id)?.open.amount ?? 0n,
    posts: null,
  }))
  const how: How =
    means.kind === 'alone'
      ? { kind: 'alone', meaning: means.meaning }
      : means.kind === 'conversion'
        ? { kind: 'conversion' }
        : { kind: 'nothing' }
  const reason =
    means.kind === 'conversion' ? 'The two sides of one conversion.' : `It settles by itself: ${means.why}.`
  const step = means.kind === 'not-ours' ? 'ignored' : 'rule'
  return { status: 'active', step, confidence: 100, residual: 0n, feeRule: null, how, reason, legs, human: null }
}

function engineMatch(match: Match, { items }: Pool, settings: MatchSettings): NewMatch {
  const legs = match.legs.map(({ side, id, amount }) => ({ side, ref: BigInt(id), amount, posts: null }))
  const source = match.legs.flatMap(({ side, id }) => (side === 'item' ? (items.get(id)?.settled.source ?? []) : []))[0]
  const parts = match.feeRule === null ? null : partsOf(settings, match.feeRule, source ?? '')
  const residual = legs.reduce((sum, { side, amount }) => (side === 'line' ? sum + amount : sum - amount), 0n)
  // Where nothing is said a line that states its own fee explains the difference itself.
  const difference: Extract<How, { kind: 'match' }>['difference'] =
    parts === null ? { kind: 'none' } : { kind: 'fee', parts }
  return {
    status: match.status === 'confirmed' ? 'active' : 'proposed',
    step: match.step,
    confidence: match.confidence,
    residual,
    feeRule: match.feeRule,
    how: { kind: 'match', difference },
    reason: match.reason,
    legs,
    human: null,
  }
}

/** Proposals keep their numbers while they stay the same. */
async function replaceProposals(work: Work, proposed: readonly NewMatch[]): Promise<readonly Made[]> {
  const { db, book } = work.context
  const held = await matchesById(db, book, await matchIds(db, book, ['proposed']))
  const before = new Map(held.map((match) => [keyOf(match), match]))
  const wanted = new Set(proposed.map(keyOf))
  await dropProposals(
    db,
    book,
    held.filter((match) => !wanted.has(keyOf(match))).map(({ id }) => id),
  )
  const fresh = proposed.filter((match) => !before.has(keyOf(match)))
  const first = work.next
  await insertMatches(db, book, first, fresh, work.place)
  work.next += BigInt(fresh.length)
  const made = fresh.map((match, index) => ({ id: first + BigInt(index), match }))
  const stayed = held.flatMap((match) =>
    wanted.has(keyOf(match)) ? [{ id: match.id, match: { ...match, status: 'proposed' as const } }] : [],
  )
  return [...stayed, ...made]
}

/** Two matches with one key are the same decision. */
function keyOf({ step, legs }: Pick<NewMatch, 'step' | 'legs'>): string {
  return `${step} ${legs
    .map((leg) => `${legKey(leg)} ${leg.amount}`)
    .sort()
    .join(', ')}`
}
