/**
 * Open items from what the books hold: payouts, top-ups and wallet refunds as they are posted, transfers and returns as
 * their lines are settled. A night looks only at what was posted since the last one.
 */
import { formatMoney, type Units } from '../../domain/money/money.ts'
import type { ItemKind } from '../../domain/settlement/settlement.ts'
import { windowOf, type WindowDays } from '../../domain/payouts/window.ts'
import type { Evidence, IsoDate } from '../../domain/transaction.ts'
import type { Landed } from '../../evidence/landing.ts'
import {
  findItem,
  progressOf,
  saveItem,
  saveProgress,
  type ExpectedItem,
  type OpenItem,
} from '../../evidence/open-items.ts'
import { positions } from '../../ledger/positions.ts'
import type { MoneySettings, SourceSettings } from '../settings.ts'
import { raise, type BatchContext } from './context.ts'
import { settleCodes } from './settle-codes.ts'

/** How the posted kinds are expected on a statement, and with which sign. */
const EXPECTED = {
  payout: { kind: 'payout', sign: 1n },
  'top-up': { kind: 'top-up', sign: -1n },
  'wallet-refund': { kind: 'wallet-refund', sign: 1n },
} as const satisfies Readonly<Record<string, { readonly kind: ItemKind; readonly sign: bigint }>>

export const RETURN_RULE = 'payout/returned'

const ORIGIN = 'ledger'

/** Brings the items up to what is posted; does nothing the second time. */
export async function refreshOpenItems(context: BatchContext, item: Landed): Promise<void> {
  const { db, book, settings, sourceIds } = context
  if (settings.money === undefined) return
  const after = (await progressOf(db, book, ORIGIN)) ?? 0n
  const names = new Map([...sourceIds].map(([name, id]) => [id, name]))
  const head = await db.selectFrom('head').select('seq').where('book', '=', book).executeTakeFirst()
  const rows = await db
    .selectFrom('txn')
    .select(['source', 'object', 'kind', 'cumulative', 'effective_date', 'evidence_batch', 'evidence_item'])
    .where('book', '=', book)
    .where('seq', '>', after)
    .where('kind', 'in', [...Object.keys(EXPECTED), 'payout-returned'])
    .orderBy('seq')
    .execute()
  for (const row of rows) {
    const source = settings.sources.find(({ name }) => name === names.get(row.source))
    if (source === undefined) continue
    const { object, cumulative: amount, effective_date: date } = row
    const evidence = { batch: Number(row.evidence_batch), item: Number(row.evidence_item) }
    const posted = { object, amount, date, evidence }
    if (row.kind === 'payout-returned') await expectReturned(context, item, source, posted)
    else if (isExpected(row.kind)) await expectPosted(context, item, source, row.kind, posted)
  }
  await saveProgress(db, book, ORIGIN, head?.seq ?? 0n)
}

function isExpected(kind: string): kind is keyof typeof EXPECTED {
  return Object.hasOwn(EXPECTED, kind)
}

interface Posted {
  readonly object: string
  /** What the object comes to in total; never negative. */
  readonly amount: Units
  readonly date: IsoDate
  readonly evidence: Evidence
}

/** The item of something posted, or drafted in this very batch. */
export async function expectPosted(
  context: BatchContext,
  item: Landed,
  source: SourceSettings,
  posted: keyof typeof EXPECTED,
  { object, amount, date, evidence }: Posted,
): Promise<void> {
  const { money } = context.settings
  if (money === undefined) return
  const { kind, sign } = EXPECTED[posted]
  const { name, currency } = source
  const still = posted === 'payout' ? await lessReturned(context, name, object, amount) : amount
  await expect(context, item, {
    kind,
    source: name,
    account: kind === 'payout' ? (source.payouts?.account ?? '') : '',
    object,
    currency,
    amount: sign * still,
    ...windowOf(kind, date, daysOf(source, money.matching)),
    references: await referencesOf(context, name, object),
    words: wordsOf(source),
    evidence,
  })
}

/**
 * A payout owed again. What no line has settled of it never arrived, and is expected no more; what had arrived is
 * expected to leave the account again, under the same references.
 */
export async function expectReturned(
  context: BatchContext,
  item: Landed,
  source: SourceSettings,
  { object, amount: returned, date, evidence }: Posted,
): Promise<OpenItem | null> {
  const { db, book, settings } = context
  const payout = await findItem(db, book, source.name, object)
  if (payout === null || settings.money === undefined) return null
  const detail = `${formatMoney(returned)} ${source.currency} of ${object} is owed again`
  const { name, currency } = source
  await raise(context, item, { source: name, code: 'PAYOUT_RETURNED', object, amount: returned, currency, detail })
  const paid = await totalOf(context, name, object, 'payout')
  const still = await lessReturned(context, name, object, paid)
  if (still < paid) return expect(context, item, { ...payout, amount: still })
  return expect(context, item, {
    ...payout,
    kind: 'payout-return',
    object: `${object}:return`,
    amount: -returned,
    ...windowOf('payout-return', date, daysOf(source, settings.money.matching)),
    evidence,
  })
}

/** A payout without what came back of it before it arrived; whole when lines have settled more than that leaves. */
async function lessReturned(context: BatchContext, source: string, object: string, paid: Units): Promise<Units> {
  const returned = await totalOf(context, source, object, 'payout-returned')
  const matched = (await findItem(context.db, context.book, source, object))?.matched ?? 0n
  return matched <= paid - returned ? paid - returned : paid
}

/** What an object comes to by the ledger. */
async function totalOf(context: BatchContext, source: string, object: string, kind: string): Promise<Units> {
  const id = context.sourceIds.get(source)
  if (id === undefined) return 0n
  const held = await positions(context.db, context.book, id, [object])
  return held.get(object)?.get(kind)?.cumulative ?? 0n
}

function daysOf({ payouts }: SourceSettings, { payoutDays, topUpDays }: MoneySettings['matching']): WindowDays {
  return { dueDays: payouts?.dueDays ?? 0, payoutDays, topUpDays }
}

/** The payment's own id, and the one a file gave to a payout that was due before it. */
async function referencesOf(context: BatchContext, source: string, object: string): Promise<readonly string[]> {
  const own = object.slice(object.indexOf(':') + 1)
  const id = context.sourceIds.get(source)
  if (id === undefined) return [own]
  const payout = await context.db
    .selectFrom('counter_payout')
    .select('reference')
    .where('book', '=', context.book)
    .where('source', '=', id)
    .where('payout', '=', object)
    .executeTakeFirst()
  return [...new Set([own, ...(payout === undefined ? [] : [payout.reference])])]
}

function wordsOf({ name, kind }: SourceSettings): readonly string[] {
  const own = name.split('-').filter((word) => word.length >= 3)
  return kind === 'panel' ? own : [...own, 'payelancer']
}

/** Saves an item; one whose evidence falls below what lines have settled stays, and a person sees it. */
export async function expect(context: BatchContext, item: Landed, expected: ExpectedItem): Promise<OpenItem> {
  const saved = await saveItem(context.db, context.book, expected)
  const { source, object, currency, amount } = expected
  if (saved.kind === 'saved') {
    await settleCodes(context, item, source, object, ['AMOUNT_DIFF'])
    return saved.item
  }
  const detail =
    `${object} now comes to ${formatMoney(amount)} ${currency}, but lines have settled ${formatMoney(saved.item.matched)} of it: ` +
    `unmatch item ${saved.item.id} (tieout reconcile list --matches), or mend the evidence`
  await raise(context, item, {
    source,
    code: 'AMOUNT_DIFF',
    object,
    amount: saved.item.matched - amount,
    currency,
    detail,
  })
  return saved.item
}

export interface Leaving {
  /** The statement line's id, amount (negative) and day. */
  readonly line: string
  readonly amount: Units
  readonly currency: string
  readonly date: IsoDate
  /** The account it left. */
  readonly account: string
  /** The account it goes to, when a rule says so. */
  readonly to: string | null
  readonly references: readonly string[]
  readonly evidence: Evidence
}

/** A transfer or a settlement has left one account: its arrival is expected, on the named account or any other. */
export async function expectArrival(
  context: BatchContext,
  item: Landed,
  kind: 'transfer' | 'settlement',
  leaving: Leaving,
): Promise<OpenItem> {
  const { line, amount, currency, date, account, to, references, evidence } = leaving
  const { payoutDays = 0, topUpDays = 0 } = context.settings.money?.matching ?? {}
  return expect(context, item, {
    kind,
    source: account,
    account: to ?? '',
    object: `line:${line}`,
    currency,
    amount: -amount,
    ...windowOf(kind, date, { dueDays: 0, payoutDays, topUpDays }),
    references,
    words: account.split('-').filter((word) => word.length >= 3),
    evidence,
  })
}
