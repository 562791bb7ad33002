/**
 * T1: a line that a rule of its account says is a top-up of a vendor is that top-up where no row states one. It is booked on
 * the bank's day as "top-up:line-12" and expected, so that the line settles it. A row that comes later speaks of the same.
 */
import { classifyLine, isOfBank, ruleOfLine } from '../../domain/matching/descriptor.ts'
import { unitsPerMinor, type Units } from '../../domain/money/money.ts'
import { takenRules, WHOLE_SHARE } from '../../domain/settlement/taken.ts'
import { addDays } from '../../domain/time/dates.ts'
import type { IsoDate, TransactionDraft } from '../../domain/transaction.ts'
import type { Landed } from '../../log/landing.ts'
import type { StoredMatch } from '../../evidence/matches.ts'
import { findItems, itemsFrom, type OpenItem } from '../../evidence/open-items.ts'
import { positions } from '../../ledger/positions.ts'
import { evidenceOf, sourceOf, type BatchContext, type ContextSource } from './context.ts'
import { bring } from '../engine/want.ts'
import { expectAll } from './expect-item.ts'
import { needsItem, readPool, type Pool, type PoolLine } from './match-pool.ts'
import { checkMinimum } from './minimums.ts'
import { expectPosted, TOP_UP_OF_LINE } from './open-items.ts'
import { isOver } from '../engine/items.ts'
import type { Sides } from './settle-matches.ts'

const RULE = 'T1'
/** How far the day that a row states may lie from the days of its line. */
const WITHIN_DAYS = 10

/** Books the lines that say a top-up of which nothing else is known. */
export async function bookTopUpLines(context: BatchContext, item: Landed): Promise<readonly TransactionDraft[]> {
  if (context.settings.money === undefined) return []
  const pool = await readPool(context, needsItem)
  const drafts: TransactionDraft[] = []
  for (const [name, found] of Map.groupBy(topUpLines(context, pool), ({ source }) => source.name)) {
    const objects = found.map(({ line }) => `${TOP_UP_OF_LINE}${line.id}`)
    const [{ source } = { source: null }] = found
    if (source === null) continue
    // What a person took back is not booked again.
    const before = new Set((await findItems(context.db, context.book, name, objects)).map(({ object }) => object))
    for (const { line, amount } of found)
      if (!before.has(`${TOP_UP_OF_LINE}${line.id}`))
        drafts.push(...(await bookTopUp(context, item, source, { line, amount }, line.memo)))
  }
  return drafts
}

interface TopUpLine {
  readonly source: ContextSource
  readonly line: PoolLine
  /** What reached the vendor. */
  readonly amount: Units
}

function topUpLines(context: BatchContext, { lines, items }: Pool): readonly TopUpLine[] {
  const waiting = [...items.values()].filter(({ open }) => open.kind === 'top-up')
  const known = new Map<string, number>()
  for (const { open } of waiting) {
    const key = `${open.source} ${-open.amount}`
    known.set(key, (known.get(key) ?? 0) + 1)
  }
  return [...lines.values()].flatMap((line) => {
    const { open, account } = line
    const means = classifyLine(open, account)
    if (open.amount >= 0n || open.isPartly || means.kind !== 'of' || !means.itemClass.startsWith('top-up:')) return []
    const source = sourceOf(context, means.itemClass.slice('top-up:'.length))
    if (source === null || source.kind === 'publisher' || source.currency !== open.currency) return []
    const amount = reached(line)
    if (amount === null) return []
    // One that is stated and expected, on whatever day, is for matching or for a person.
    const key = `${source.name} ${amount}`
    const left = known.get(key) ?? 0
    if (left > 0) known.set(key, left - 1)
    return left > 0 ? [] : [{ source, line, amount }]
  })
}

/** What came into the wallet: less the fee that the line or its rule states, else the only one of the account; null where two may be it. */
export function reached({ open, account }: PoolLine): Units | null {
  if (open.gross !== open.amount || !isOfBank(account.type)) return -open.gross
  const said = ruleOfLine(open, account)?.fee
  const fees = said === undefined ? account.fees : account.fees.filter(({ name }) => name === said)
  const [rule, ...others] = takenRules({ isBank: true, fees, withholdingBasisPoints: 0 })
  if (rule === undefined) return -open.amount
  if (others.length > 0) return null
  const minor = unitsPerMinor(open.currency)
  const exact = (-open.amount - rule.flat) * WHOLE_SHARE
  const share = (WHOLE_SHARE + rule.share) * minor
  const amount = ((2n * exact + share) / (2n * share)) * minor
  return amount > 0n ? amount : null
}

/** Books the top-up and expects it, so that its line has an item to settle. */
export async function bookTopUp(
  context: BatchContext,
  item: Landed,
  source: ContextSource,
  { line, amount }: Pick<TopUpLine, 'line' | 'amount'>,
  memo: string,
): Promise<readonly TransactionDraft[]> {
  const object = `${TOP_UP_OF_LINE}${line.id}`
  const reference = object.slice('top-up:'.length)
  await checkMinimum(context, item, source, { kind: 'top-up', reference, amount })
  return bookTotal(context, item, source, {
    object,
    amount,
    date: line.settled.date,
    memo,
  })
}

interface Booked {
  readonly object: string
  readonly amount: Units
  readonly date: IsoDate
  readonly memo: string
}

async function bookTotal(
  context: BatchContext,
  item: Landed,
  source: ContextSource,
  { object, amount, date, memo }: Booked,
): Promise<readonly TransactionDraft[]> {
  const evidence = evidenceOf(item)
  const posted = { object, amount, date, evidence }
  await expectPosted(context, item, [{ source, kind: 'top-up', posted }])
  return bring(context, source, [{ object, kind: 'top-up', total: amount, date, rule: RULE, memo, evidence }])
}

/** Which object a row is about: the top-up that a line made known before it, or its own. */
export async function statedTopUp(
  context: BatchContext,
  item: Landed,
  source: ContextSource,
  { reference, amount, date }: { readonly reference: string; readonly amount: Units; readonly date: IsoDate },
): Promise<string> {
  const own = `top-up:${reference}`
  if ((await positions(context.db, context.book, source.id, [own])).has(own)) return own
  const ofLines = await itemsFrom(context.db, context.book, source.name, TOP_UP_OF_LINE)
  const stated = ofLines.find(({ references }) => references.includes(reference))
  if (stated !== undefined) return stated.object
  const found = ofLines.find((each) => !isStated(each) && -each.amount === amount && isNear(each, date))
  if (found === undefined) return own
  await expectAll(context, item, [{ ...found, references: [...found.references, reference] }])
  return found.object
}

/** A row has named it beside its line. */
function isStated({ references }: Pick<OpenItem, 'references'>): boolean {
  return references.length > 1
}

function isNear({ date, lastDate }: OpenItem, day: IsoDate): boolean {
  return addDays(date, -WITHIN_DAYS) <= day && day <= addDays(lastDate, WITHIN_DAYS)
}

/** Takes top-ups back that only the lines of an undone match spoke for. */
export async function withdrawTopUps(
  context: BatchContext,
  item: Landed,
  { legs }: StoredMatch,
  { items }: Sides,
): Promise<readonly TransactionDraft[]> {
  const drafts: TransactionDraft[] = []
  const held = new Map([...items.values()].map((each) => [each.object, each]))
  for (const { side, ref } of legs) {
    const found = side === 'line' ? held.get(`${TOP_UP_OF_LINE}${ref}`) : undefined
    const source = found === undefined ? null : sourceOf(context, found.open.source)
    if (found === undefined || source === null || isStated(found.open)) continue
    const { object } = found
    await isOver(context, item, { source: source.name, object }, ['BELOW_MINIMUM', 'TOP_UP_MISSING'])
    const none = { object, amount: 0n, date: found.settled.date, memo: 'its line is no top-up' }
    drafts.push(...(await bookTotal(context, item, source, none)))
  }
  return drafts
}
