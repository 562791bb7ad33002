/**
 * A line that a person calls a payout though none was due: the payout comes into the books by it, as "payout:line-12",
 * and the line settles it at once. Taking the match back takes the payout back too.
 */
import { formatMoney, unitsOf, unitsPerMinor, type Units } from '../../domain/money/money.ts'
import { grossesOf, WHOLE_SHARE, type TakenRule } from '../../domain/settlement/taken.ts'
import type { TransactionDraft } from '../../domain/transaction.ts'
import { dropPayout } from '../../payelancer/store/payouts.ts'
import type { Landed } from '../../log/landing.ts'
import type { HumanWord, NewMatch, StoredMatch } from '../../evidence/matches.ts'
import { findItem, nextItem, openItems } from '../../evidence/open-items.ts'
import { requireSourceNamed, sourceOf, type BatchContext, type ContextSource } from './context.ts'
import { bookLineAsPayout, LINE_REFERENCE, withdrawLine } from './line-as-payout.ts'
import { differenceOf, type Difference } from './match-difference.ts'
import type { MatchReader, PoolItem, PoolLine } from './match-pool.ts'
import type { MatchDecision } from './match-request.ts'
import type { Sides } from './settle-matches.ts'
import { takingOf } from './taking-of-line.ts'

export interface PayoutOfLine {
  readonly source: string
  readonly reference: string
  /** As the network paid it, before what was taken on the way. */
  readonly gross: Units
  readonly date: string
}

export interface PlannedPayout {
  readonly match: Omit<NewMatch, 'human'>
  readonly sides: Sides
  readonly payout: PayoutOfLine
}

/** A sentence when the line cannot be such a payout. Writes nothing: the item it names comes with `bookPayout`. */
export async function planPayout(
  context: MatchReader,
  line: PoolLine,
  { of, gross: stated }: Pick<Extract<MatchDecision, { decide: 'payout' }>, 'of' | 'gross'>,
): Promise<PlannedPayout | string> {
  const source = sourceOf(context, of)
  if (source?.kind !== 'publisher') return `this book has no publisher "${of}"`
  const { open, settled, id } = line
  if (open.amount < 0n) return 'money that leaves is no payout'
  const isForeign = settled.currency !== source.currency
  if (isForeign && stated === null)
    return `the line is in ${settled.currency}; say with --gross how much ${source.currency} was paid out`
  // Where payouts explain what the counter did, a fee left out of one is lost from what was earned.
  if (stated === null && source.counterMode === 'unpaid') {
    const unclear = unclearGross(line, source)
    if (unclear !== null) return unclear
  }
  const gross = stated === null ? open.gross : unitsOf(stated)
  if (gross <= 0n) return 'a payout is more than nothing'
  if (!isForeign && gross < open.amount)
    return `the line alone brings ${formatMoney(open.amount)}, more than a payout of ${formatMoney(gross)}`
  const reference = `${LINE_REFERENCE}${id}`
  const object = `payout:${reference}`
  const known = await knownItem(context, source, object, gross)
  if (known !== null) return known
  const date = settled.date
  const before = await findItem(context.db, context.book, of, object)
  const itemId = before?.id ?? (await nextItem(context.db, context.book))
  const item = itemOf(source, { id: itemId, object, gross, date })
  const isWhole = isForeign || gross === open.amount || gross === open.gross
  const difference: Difference = isWhole ? { kind: 'none' } : takenBetween(line, source, gross)
  return {
    match: {
      status: 'active',
      step: 'decision',
      confidence: 100,
      residual: isForeign ? 0n : open.amount - gross,
      feeRule: null,
      how: { kind: 'match', difference },
      reason: 'A person said that it is a payout.',
      legs: [
        { side: 'line', ref: id, amount: open.amount, posts: null },
        { side: 'item', ref: itemId, amount: gross, posts: null },
      ],
    },
    sides: { lines: new Map([[String(id), line]]), items: new Map([[String(itemId), item]]) },
    payout: { source: of, reference, gross, date },
  }
}

/** Something may have been taken that the line does not state; null when nothing is known to be. */
function unclearGross(line: PoolLine, source: ContextSource): string | null {
  const { open } = line
  const taking = takingOf(line, source)
  if (taking.length === 0) return null
  const names = taking.map(({ name }) => name).join(', ')
  const grosses = taking.map((rule) => `--gross ${formatMoney(grossBefore(open.gross, rule))} with "${rule.name}"`)
  return (
    `something may have been taken on the way (${names}), and what was paid out tells what was earned; ` +
    `say ${grosses.join(', ')}, or --gross ${formatMoney(open.gross)} when nothing was taken`
  )
}

/** By the one rule that leads from what was paid out to the line; a fee where none does, or several do. */
function takenBetween(line: PoolLine, source: ContextSource, gross: Units): Difference {
  const { open } = line
  const minor = unitsPerMinor(open.currency)
  const leading = takingOf(line, source).filter((rule) => grossesOf(open.gross, [rule], minor).includes(gross))
  const [rule, ...others] = leading
  if (rule !== undefined && others.length === 0) return { kind: 'fee', parts: rule.parts }
  return differenceOf('fee', [line], gross - open.amount)
}

const CENT = 1_000_000n

/** To the cent, for a person to compare with the network's advice. */
function grossBefore(net: Units, { share, flat }: Pick<TakenRule, 'share' | 'flat'>): Units {
  const left = WHOLE_SHARE - share
  const exact = left <= 0n ? net : ((net + flat) * WHOLE_SHARE) / left
  return ((exact + CENT / 2n) / CENT) * CENT
}

/** What is expected already must not be booked a second time. */
async function knownItem(
  { db, book }: MatchReader,
  { name, currency }: ContextSource,
  object: string,
  gross: Units,
): Promise<string | null> {
  const item = (await openItems(db, book)).find(
    (each) =>
      each.kind === 'payout' &&
      each.source === name &&
      (each.object === object || (each.currency === currency && each.amount - each.matched === gross)),
  )
  if (item === undefined) return null
  return `${item.object} of ${formatMoney(gross)} ${currency} is expected already: tieout reconcile match LINE --item ${item.id}`
}

function itemOf(
  { name, currency, payouts }: ContextSource,
  { id, object, gross, date }: { id: bigint; object: string; gross: Units; date: string },
): PoolItem {
  const both = { id: String(id), kind: 'payout', source: name, amount: gross, currency, date } as const
  return {
    id,
    object,
    place: null,
    settled: both,
    open: { ...both, account: payouts?.account ?? '', lastDate: date, references: [], words: [] },
  }
}

/** Books the payout and expects it, so that the match has an item to settle. */
export async function bookPayout(
  context: BatchContext,
  item: Landed,
  { source: name, reference, gross: amount, date }: PayoutOfLine,
  { by, why }: HumanWord,
): Promise<readonly TransactionDraft[]> {
  const source = requireSourceNamed(context, item, name)
  const payout = { key: `payout:${reference}`, reference, amount, date }
  return bookLineAsPayout(context, item, source, payout, `${by}: ${why}`)
}

/**
 * Takes payouts back that only the lines of an undone match spoke for. One that a file has stated since, or a reading of
 * the counter has shown, stands without the line.
 */
export async function withdrawPayouts(
  context: BatchContext,
  item: Landed,
  { legs }: StoredMatch,
  { items }: Sides,
): Promise<readonly TransactionDraft[]> {
  const { db, book } = context
  const drafts: TransactionDraft[] = []
  for (const { side, ref } of legs) {
    const object = `payout:${LINE_REFERENCE}${ref}`
    const held = side === 'line' ? [...items.values()].find((each) => each.object === object) : undefined
    const source = held === undefined ? null : sourceOf(context, held.open.source)
    if (held === undefined || source === null) continue
    const known = { key: object, reference: `${LINE_REFERENCE}${ref}` }
    if (!(await dropPayout(db, { book, source: source.id }, known))) continue
    const left = { key: object, amount: 0n, date: held.settled.date }
    drafts.push(...(await withdrawLine(context, item, source, left, 'its line is no payout')))
  }
  return drafts
}
