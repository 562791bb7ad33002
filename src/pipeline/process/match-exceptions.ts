/**
 * What a person must see of a reconciliation: lines nothing explains, choices the engine does not make, matches that
 * cannot be booked yet, and payouts that came short. Everything that no longer stands is closed in the same batch.
 */
import { sql } from 'kysely'
import { classifyLine, isOfBank, ruleOfLine } from '../../domain/matching/descriptor.ts'
import type { OpenMatching } from '../../matching/rules/match-lines.ts'
import { formatMoney } from '../../domain/money/money.ts'
import type { Lack } from '../../domain/settlement/settlement.ts'
import { addBusinessDays } from '../../domain/time/business-days.ts'
import type { ExceptionCode } from '../../domain/exception.ts'
import type { Landed } from '../../log/landing.ts'
import type { Leg } from '../../evidence/matches.ts'
import type { PlacedException } from '../../reconcile/exceptions/raise.ts'
import { isOver, judgeAll } from '../engine/items.ts'
import type { BatchContext } from './context.ts'
import { isReturned } from './expect-returned.ts'
import { activeLegs, matchesById } from '../../evidence/read-matches.ts'
import { itemsById, linesById, moneyAccounts, type Pool, type PoolLine } from './match-pool.ts'
import type { Made } from './apply-matching.ts'

/** A match that counts, but of which nothing can be posted yet. */
export interface Unsettled {
  readonly match: bigint
  readonly legs: readonly Pick<Leg, 'side' | 'ref' | 'amount'>[]
  readonly lack: Lack
  readonly reason: string
}

/** Of a match that was taken back nothing waits to be booked. */
export async function nothingLeftToBook(
  context: BatchContext,
  item: Landed,
  { id, account }: Pick<PoolLine, 'id' | 'account'>,
  match: bigint,
): Promise<void> {
  await isOver(context, item, { source: account.name, object: `line:${id}` }, ['CURRENCY'])
  await isOver(context, item, { source: account.name, object: matchObject(match) }, ['LINE_UNMATCHED'])
}

export interface Reported {
  readonly found: OpenMatching
  readonly proposals: readonly Made[]
  readonly pool: Pool
  /** Pairs people have separated. */
  readonly refused: ReadonlySet<string>
  readonly unsettled: readonly Unsettled[]
}

/** Said of lines, and of matches whose amounts do not meet, by nobody else. */
const OF_LINES: readonly ExceptionCode[] = ['LINE_UNMATCHED', 'CURRENCY']

/** Said of expected items. */
const OF_ITEMS: readonly ExceptionCode[] = ['PAYOUT_DIFFERS']

export function matchObject(match: bigint): string {
  return `match:${match}`
}

function isAboutLines(object: string): boolean {
  return object.startsWith('line:') || object.startsWith('match:')
}

export async function reportMatching(
  context: BatchContext,
  item: Landed,
  day: string,
  reported: Reported,
): Promise<void> {
  const lines = [...unmatchedLines(context, day, reported), ...(await unsettledMatches(context, reported.unsettled))]
  const accounts = moneyAccounts(context).map(({ name }) => name)
  await judgeAll(context, item, accounts, { codes: OF_LINES, about: isAboutLines }, lines)
  const items = { codes: OF_ITEMS, about: (object: string) => !isReturned(object) }
  await judgeAll(context, item, context.sourceIds.keys(), items, await shortPayouts(context))
}

function unmatchedLines(
  context: BatchContext,
  day: string,
  { found, proposals, pool, refused }: Reported,
): readonly PlacedException[] {
  const proposed = new Map<string, bigint>()
  for (const { id, match } of proposals) {
    for (const { side, ref } of match.legs) if (side === 'line') proposed.set(String(ref), id)
  }
  const apart = Map.groupBy(separated(refused, pool), ([line]) => line)
  const lines = [...found.unmatchedLines, ...proposed.keys()].flatMap((id) => pool.lines.get(id) ?? [])
  return lines
    .filter((line) => proposed.has(line.settled.id) || windowEnd(context, line) < day)
    .map((line) => {
      const { id } = line.settled
      const items = apart.get(id)
      const why = items === undefined ? [] : [`A person separated it from item ${items.map(([, of]) => of).join(', ')}`]
      return unmatched(line, proposed.get(id), why)
    })
}

/** Pairs of open line and open item. */
function separated(refused: ReadonlySet<string>, { lines, items }: Pool): readonly (readonly [string, string])[] {
  // Written by refusalKey alone: two ids.
  return [...refused]
    .map((key) => JSON.parse(key) as readonly [string, string])
    .filter(([line, item]) => lines.has(line) && items.has(item))
}

/** The last day on which what explains a line may still come. */
export function windowEnd({ settings }: Pick<BatchContext, 'settings'>, line: PoolLine): string {
  const { payoutDays = 0, topUpDays = 0 } = settings.money?.matching ?? {}
  return addBusinessDays(line.settled.date, Math.max(payoutDays, topUpDays))
}

function unmatched(
  { settled, open, account, memo, place }: PoolLine,
  proposal: bigint | undefined,
  notes: readonly string[],
): PlacedException {
  const { id, date, currency } = settled
  const what = `line ${id} of ${date}, ${formatMoney(open.amount)} ${currency}, "${memo}"`
  const detail =
    proposal === undefined
      ? `nothing in the books explains ${what}${calledOf(open, account)}${notes.map((note) => `. ${note}`).join('')}`
      : `match ${proposal} is proposed for ${what}: confirm or reject it`
  const source = account.name
  return { source, code: 'LINE_UNMATCHED', object: `line:${id}`, amount: open.amount, currency, detail, place }
}

/** What a rule of its account calls it, and what a person may say or state then. */
function calledOf(open: PoolLine['open'], account: PoolLine['account']): string {
  const found = classifyLine(open, account)
  if (found.kind !== 'of') return ''
  if (found.itemClass.startsWith(PAYOUT_CLASS) && open.amount > 0n)
    return `; a rule calls it a payout: decide it as payout --of ${found.itemClass.slice(PAYOUT_CLASS.length)}`
  if (found.itemClass.startsWith(TOP_UP_CLASS) && open.amount < 0n && isFeeUnknown(open, account))
    return (
      `; a rule calls it a top-up of ${found.itemClass.slice(TOP_UP_CLASS.length)}, and which fee of ${account.name} is in it is not known: ` +
      `decide it as top-up --of ${found.itemClass.slice(TOP_UP_CLASS.length)} --gross AMOUNT, or write fee: NAME or fee: none into the rule`
    )
  return ''
}

/** Of a top-up with two fees and no word which; PayPal states what it took with each line. */
function isFeeUnknown(open: PoolLine['open'], account: PoolLine['account']): boolean {
  return isOfBank(account.type) && account.fees.length > 1 && ruleOfLine(open, account)?.fee === undefined
}

const TOP_UP_CLASS = 'top-up:'
const PAYOUT_CLASS = 'payout:'

/** P2: a line was short of what was due, and the rest is due still. One item names both. */
async function shortPayouts(context: BatchContext): Promise<readonly PlacedException[]> {
  const { db, book } = context
  const rows = await db
    .selectFrom('open_item')
    .select('id')
    .where('book', '=', book)
    .where('status', '=', sql.lit('open'))
    .where('kind', '=', 'payout')
    .where('matched', '!=', 0n)
    .orderBy('id')
    .execute()
  const ids = rows.map(({ id }) => id)
  const legs = await activeLegs(db, book, 'item', ids)
  const matches = new Map(
    (await matchesById(db, book, [...new Set(legs.map(({ match }) => match))])).map((each) => [each.id, each]),
  )
  return (await itemsById(context, ids)).map(({ id, open, settled, object, place }) => {
    const of = legs.filter(({ ref }) => ref === id).flatMap(({ match }) => matches.get(match) ?? [])
    const lines = of.flatMap((match) => match.legs.flatMap((leg) => (leg.side === 'line' ? [leg.ref] : [])))
    const { source, currency, amount } = settled
    const brought = formatMoney(amount - open.amount)
    const detail =
      `line ${lines.join(', ')} brought ${brought} of ${object} of ${formatMoney(amount)} ${currency}; ${formatMoney(open.amount)} is still due: ` +
      `wait for it; decide it as fee where it was taken on the way, or as write-off to give it up`
    return {
      source,
      code: 'PAYOUT_DIFFERS',
      object,
      amount: open.amount,
      currency,
      detail,
      ...(place === null ? {} : { place }),
    }
  })
}

export async function unsettledMatches(
  context: BatchContext,
  unsettled: readonly Unsettled[],
): Promise<readonly PlacedException[]> {
  const refs = unsettled.flatMap(({ legs }) => legs.filter(({ side }) => side === 'line').map(({ ref }) => ref))
  const lines = new Map((await linesById(context, refs)).map((line) => [line.id, line]))
  return unsettled.flatMap(({ match, legs, lack, reason }) => {
    const leg = legs.find(({ side }) => side === 'line')
    const line = leg === undefined ? undefined : lines.get(leg.ref)
    if (line === undefined || leg === undefined) return []
    const { settled, account, place } = line
    const detail = `match ${match} of line ${settled.id} is kept, but nothing of it is booked: ${reason}`
    return [
      {
        source: account.name,
        ...aboutLack(lack, match, settled.id),
        amount: leg.amount,
        currency: settled.currency,
        detail,
        place,
      },
    ]
  })
}

function aboutLack(lack: Lack, match: bigint, line: string): Pick<PlacedException, 'code' | 'object'> {
  return lack === 'amount'
    ? { code: 'LINE_UNMATCHED', object: matchObject(match) }
    : { code: 'CURRENCY', object: `line:${line}` }
}
