/**
 * What a person decided about lines and items: landed like any evidence, so that a replay decides the same, and kept with
 * who, when and why. No later reconciliation takes it back.
 */
import type { TransactionDraft } from '../../domain/transaction.ts'
import type { Landed } from '../../log/landing.ts'
import { dropRefusals, saveDecision, saveRefusals } from '../../evidence/match-decisions.ts'
import {
  confirmMatch,
  dropProposals,
  insertMatches,
  lastMatch,
  setPosts,
  undoMatches,
  type HumanWord,
  type Leg,
  type StoredMatch,
} from '../../evidence/matches.ts'
import { proposalsOf } from '../../evidence/read-matches.ts'
import { isOver, stands } from '../engine/items.ts'
import { evidenceOf, quarantine, requireSourceNamed, sourceOf, type BatchContext } from './context.ts'
import { workOutCounter } from './counter.ts'
import { expectAgain } from './expect-again.ts'
import { expectLeft, expectMoved } from './expect-moved.ts'
import { OVERDUE } from './overdue-items.ts'
import { nothingLeftToBook, unsettledMatches } from './match-exceptions.ts'
import { linesById, type PoolItem } from './match-pool.ts'
import { planDecision, type Plan } from './match-plan.ts'
import { matchDecisionSchema, whyNoDecision, type MatchDecision } from './match-request.ts'
import { bookPayout, withdrawPayouts } from './payout-of-line.ts'
import { bookTopUp, withdrawTopUps } from './line-as-top-up.ts'
import { isAsk } from './second-person.ts'
import { raiseDay, settleDays } from './statement-overlaps.ts'
import { settleContext } from './settle-context.ts'
import { draftItems, draftLines, legKey, postsOfLegs, type Sides } from './settle-matches.ts'
import { withdrawReturns } from './withdraw-return.ts'

export async function processMatchDecision(context: BatchContext, item: Landed): Promise<readonly TransactionDraft[]> {
  const said = readJson(item.body)
  const why = whyNoDecision(said)
  if (why !== null) return refuse(context, item, 'decision', why)
  const decision = matchDecisionSchema.parse(said)
  const plan = await planDecision(context, decision)
  if (plan.kind === 'refused') return refuse(context, item, decision.decide, plan.reason)
  const word: HumanWord = { by: decision.by, why: decision.why, atMs: item.fetchedAtMs }
  const taken = { place: evidenceOf(item), decision: decision.decide, word, request: decision }
  if (await isAsk(context, decision, plan)) {
    await saveDecision(context.db, context.book, { ...taken, match: null })
    return []
  }
  const { match, drafts } = await carryOut(context, item, { decision, plan, word })
  await saveDecision(context.db, context.book, { ...taken, match })
  const legs = plan.match.legs
  await closeAbout(context, item, legs, plan)
  await raiseUnsettled(context, item, match, plan)
  const lines = await draftLines(context, refsOf(legs, 'line'))
  const memo = `${decision.by}: ${decision.why}`.slice(0, 200).toWellFormed()
  const items = plan.match.how.kind === 'item-written-off' ? [...plan.sides.items.values()] : []
  const date = plan.match.how.kind === 'item-written-off' ? plan.match.how.day : ''
  const moved = await draftItems(context, items, { date, memo, place: evidenceOf(item) })
  const paid = plan.kind === 'make' && plan.payout !== undefined ? [plan.payout.source] : []
  const shown = await workOutPaid(context, item, [...paid, ...paidIn(plan.sides)])
  return [...drafts, ...lines, ...moved, ...shown]
}

/** It was checked before it was landed; evidence processed in between may have settled the matter. The book goes on. */
async function refuse(context: BatchContext, item: Landed, what: string, reason: string): Promise<readonly []> {
  context.tally.add('quarantined', context.settings.book.currency, null)
  context.warn('', reason)
  await quarantine(context, item, 0, what, reason, '')
  return []
}

function readJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return null
  }
}

type Fitting = Exclude<Plan, { kind: 'refused' }>

interface Work {
  readonly decision: MatchDecision
  readonly plan: Fitting
  readonly word: HumanWord
}

interface Done {
  /** The number of the match it is about. */
  readonly match: bigint
  /** What is booked beside the lines and items. */
  readonly drafts: readonly TransactionDraft[]
}

async function carryOut(context: BatchContext, item: Landed, { plan, word }: Work): Promise<Done> {
  const { db, book } = context
  const place = evidenceOf(item)
  const { legs } = plan.match
  switch (plan.kind) {
    case 'make': {
      const id = (await lastMatch(db, book)) + 1n
      const made = { ...plan.match, human: word }
      const drafts = await bookSaid(context, item, plan, word)
      await dropOverlapping(context, legs, null)
      if (plan.replaces !== undefined) await undoMatches(db, book, [plan.replaces.id], place, word)
      await insertMatches(db, book, id, [made], place)
      // After it: the database lets a refusal go only for a person's match.
      await dropRefusals(db, book, refsOf(legs, 'line'), refsOf(legs, 'item'))
      await expectMoved(context, item, [{ match: made }], plan.sides)
      return { match: id, drafts }
    }
    case 'confirm': {
      const { id } = plan.match
      await dropOverlapping(context, legs, id)
      await confirmMatch(db, book, id, place, word)
      const posts = postsOfLegs(plan.match, plan.sides, await settleContext(context))
      for (const leg of legs) {
        const posted = posts.ok ? posts.posts.get(legKey(leg)) : undefined
        if (posted !== undefined) await setPosts(db, book, id, { side: leg.side, ref: leg.ref, posts: posted })
      }
      return { match: id, drafts: [] }
    }
    case 'undo': {
      const drafts = await takeMatchBack(context, item, plan, word)
      await saveRefusals(db, book, pairsOf(plan), place, word)
      return { match: plan.match.id, drafts }
    }
    case 'reject':
      await saveRefusals(db, book, pairsOf(plan), place, word)
      await dropProposals(db, book, [plan.match.id])
      return { match: plan.match.id, drafts: await withdrawReturns(context, item, plan.sides.items.values()) }
  }
}

/** What only the line makes known, which its match then settles. */
async function bookSaid(
  context: BatchContext,
  item: Landed,
  { payout, topUp }: Extract<Fitting, { kind: 'make' }>,
  word: HumanWord,
): Promise<readonly TransactionDraft[]> {
  if (payout !== undefined) return bookPayout(context, item, payout, word)
  if (topUp === undefined) return []
  const memo = `${word.by}: ${word.why}`.slice(0, 200).toWellFormed()
  return bookTopUp(context, item, requireSourceNamed(context, item, topUp.source), topUp, memo)
}

interface Taken {
  readonly match: StoredMatch
  readonly sides: Sides
}

/** What it held is open again, and what it alone spoke for goes; the postings of its lines are drafted afterwards. */
export async function takeMatchBack(
  context: BatchContext,
  item: Landed,
  taken: Taken,
  word: HumanWord,
): Promise<readonly TransactionDraft[]> {
  await undoMatches(context.db, context.book, [taken.match.id], evidenceOf(item), word)
  await withdrawMoved(context, item, taken)
  await expectAgain(
    context,
    item,
    [...taken.sides.items.values()].map(({ object, settled }) => ({ ...settled, object })),
  )
  return withdrawOf(context, item, taken)
}

/** Publishers with payouts among the items: what came, went or came back may explain what their counters show. */
export function paidIn({ items }: Pick<Sides, 'items'>): readonly string[] {
  return [...items.values()].filter(({ open }) => open.kind.startsWith('payout')).map(({ open }) => open.source)
}

export async function workOutPaid(
  context: BatchContext,
  item: Landed,
  names: Iterable<string>,
): Promise<readonly TransactionDraft[]> {
  const drafts: TransactionDraft[] = []
  for (const name of new Set(names)) {
    const source = sourceOf(context, name)
    if (source?.kind === 'publisher') drafts.push(...(await workOutCounter(context, source, item)))
  }
  return drafts
}

/** What only the lines of an undone match spoke for. */
async function withdrawOf(
  context: BatchContext,
  item: Landed,
  { match, sides }: Taken,
): Promise<readonly TransactionDraft[]> {
  const payouts = await withdrawPayouts(context, item, match, sides)
  const topUps = await withdrawTopUps(context, item, match, sides)
  return [...payouts, ...topUps, ...(await withdrawReturns(context, item, sides.items.values()))]
}

/** Every line with every item; with none, the rule that settled the line. A person's own word needs no refusal. */
function pairsOf({ match }: Extract<Fitting, { kind: 'undo' | 'reject' }>): readonly { line: bigint; item: bigint }[] {
  const lines = refsOf(match.legs, 'line')
  const items = refsOf(match.legs, 'item')
  if (items.length > 0) return lines.flatMap((line) => items.map((item) => ({ line, item })))
  return match.human === null ? lines.map((line) => ({ line, item: 0n })) : []
}

async function withdrawMoved(context: BatchContext, item: Landed, { match }: Taken): Promise<void> {
  if (match.how.kind !== 'alone' || match.how.meaning !== 'transfer-out') return
  for (const line of await linesById(context, refsOf(match.legs, 'line'))) await expectLeft(context, item, line, 0n)
}

/** A match that counts and of which nothing can be booked yet, so that nobody takes it for done. */
async function raiseUnsettled(context: BatchContext, item: Landed, match: bigint, plan: Fitting): Promise<void> {
  if (plan.kind !== 'make' && plan.kind !== 'confirm') return
  const posts = postsOfLegs(plan.match, plan.sides, await settleContext(context))
  if (posts.ok) return
  const { lack, reason } = posts
  const wanted = await unsettledMatches(context, [{ match, legs: plan.match.legs, lack, reason }])
  for (const each of wanted) await stands(context, item, each)
}

async function dropOverlapping(context: BatchContext, legs: readonly Leg[], except: bigint | null): Promise<void> {
  const { db, book } = context
  const held = [
    ...(await proposalsOf(db, book, 'line', refsOf(legs, 'line'))),
    ...(await proposalsOf(db, book, 'item', refsOf(legs, 'item'))),
  ]
  await dropProposals(
    db,
    book,
    [...new Set(held)].filter((id) => id !== except),
  )
}

/** What is decided needs nobody any more; what is undone is raised again by the next reconciliation. */
async function closeAbout(context: BatchContext, item: Landed, legs: readonly Leg[], plan: Fitting): Promise<void> {
  const { sides } = plan
  if (plan.kind === 'undo' || plan.kind === 'reject') {
    // What is taken back has nothing left to be booked.
    for (const line of sides.lines.values()) {
      await nothingLeftToBook(context, item, line, plan.match.id)
      await raiseDay(context, item, { ...line.account, currency: line.open.currency }, line.open.date)
    }
    return
  }
  for (const line of sides.lines.values()) {
    const about = { source: line.account.name, object: `line:${line.id}` }
    await isOver(context, item, about, ['LINE_UNMATCHED', 'STATEMENT_DIFFERS'])
    await settleDays(context, item, line.account)
  }
  for (const each of sides.items.values()) {
    const about = { source: each.open.source, object: each.object }
    if (isSettled(each, legs)) await isOver(context, item, about, ['PAYOUT_DIFFERS', ...OVERDUE])
  }
}

function isSettled({ id, open }: PoolItem, legs: readonly Leg[]): boolean {
  return legs.some(({ side, ref, amount }) => side === 'item' && ref === id && amount === open.amount)
}

function refsOf(legs: readonly Leg[], side: Leg['side']): readonly bigint[] {
  return legs.filter((leg) => leg.side === side).map(({ ref }) => ref)
}
