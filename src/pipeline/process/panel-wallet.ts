/**
 * A wallet's nights, worked out anew (wallet-nights.ts), against what the ledger holds: the difference is posted today, and
 * what stands for a person is raised or closed. Run at each look, and whenever something is stated or decided for a wallet.
 */
import { abs, formatMoney, type Units } from '../../domain/money/money.ts'
import { isoDateInZone, startOfDayMs } from '../../domain/time/dates.ts'
import { dateOfChange } from '../../domain/time/effective-date.ts'
import type { IsoDate, TransactionDraft } from '../../domain/transaction.ts'
import type { Landed } from '../../log/landing.ts'
import type { RegisteredOrder } from '../../evidence/registered-order.ts'
import { saveAnswers } from '../../evidence/register-orders.ts'
import { unpostedClaims } from '../../evidence/registry.ts'
import { walletEntries, type WalletEntry } from '../../ledger/stated.ts'
import {
  workOutWallet,
  type StatedMovement,
  type WalletFacts,
  type WalletNight,
  type WalletOutcome,
} from '../../panels/rules/wallet-nights.ts'
import { statedOpening } from '../../panels/store/wallet-opening.ts'
import { loadNights, saveWorked, type Look, type StoredNight } from '../../panels/store/wallet-nights.ts'
import { draftsOf, vendorWant, type Want } from '../engine/want.ts'
import { evidenceOf, type BatchContext, type ContextSource } from './context.ts'
import { tellWallet } from './panel-items.ts'
import type { PlanContext } from './resolutions/effect.ts'

/** A night with its look. */
export type LookedNight = StoredNight & { readonly look: Look }

/** The nights since the opening, what the rules make of them, and what was stated. */
export interface WorkedWallet {
  readonly nights: readonly LookedNight[]
  readonly outcome: WalletOutcome
  readonly stated: readonly StatedMovement[]
  readonly isOpeningStated: boolean
}

/** Posts what the wallet's nights come to now. Nothing before the first look. */
export async function settleWallet(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
): Promise<readonly TransactionDraft[]> {
  const worked = await workOut(context, source)
  if (worked === null) return []
  const { nights, outcome } = worked
  for (const [at, night] of nights.entries()) {
    const now = outcome.nights[at]
    if (now !== undefined && !isSame(night.worked, now))
      await saveWorked(context.db, { book: context.book, source: source.id }, night.night, now)
  }
  const date = dateOfLook(context, nights)
  const drafts = [
    ...(await openingDraft(context, source, item, worked)),
    ...(await claimDrafts(context, source, item, worked)),
    ...(await walletDrafts(context, source, item, outcome, date)),
  ]
  await tellWallet(context, source, item, worked)
  return drafts
}

/** Null before the first look since the opening. */
export async function workOut(
  { db, book, settings }: PlanContext | BatchContext,
  source: Pick<ContextSource, 'id' | 'creditDays'>,
): Promise<WorkedWallet | null> {
  const { timeZone } = settings.book
  const opening = await statedOpening(db, { book, source: source.id })
  const openingMs = opening === null ? 0 : startOfDayMs(opening.day, timeZone)
  const stored = await loadNights(db, { book, source: source.id })
  const nights = stored.flatMap(({ look, ...night }) =>
    look !== null && look.atMs >= openingMs ? [{ ...night, look }] : [],
  )
  if (nights.length === 0) return null
  const entries = await walletEntries(db, book, source.id)
  const facts = {
    opening: opening === null ? null : { balance: opening.balance, atMs: openingMs },
    ...looksOf(nights),
    ...statementsOf(entries, timeZone),
    creditDays: source.creditDays ?? null,
  } satisfies WalletFacts
  return { nights, outcome: workOutWallet(facts), stated: facts.stated, isOpeningStated: opening !== null }
}

function looksOf(nights: readonly LookedNight[]): Pick<WalletFacts, 'looks' | 'released'> {
  const position = new Map(nights.map(({ night }, at) => [night, at]))
  const looks = nights.map(({ look, charges, claims, claimCount, late }) => ({
    atMs: look.atMs,
    balance: look.balance,
    width: look.width,
    unit: look.unit,
    charges,
    // A night before the opening is as good as the first one.
    claims: {
      amount: claims,
      count: claimCount,
      late: late.map((each) => ({ ...each, since: position.get(each.since) ?? 0 })),
    },
  }))
  return { looks, released: new Set(nights.flatMap(({ released }, at) => (released ? [at] : []))) }
}

/** What was stated moves the wallet on a day near its own; what a person decided explains what the nights show. */
function statementsOf(entries: readonly WalletEntry[], timeZone: string): Pick<WalletFacts, 'stated' | 'decisions'> {
  const stated = new Map<string, { key: string; amount: Units; atMs: number }>()
  for (const { object, kind, amount, date, isDecided } of entries) {
    if (isDecided) continue
    const key = `${object} ${kind}`
    stated.set(key, { key, amount: amount + (stated.get(key)?.amount ?? 0n), atMs: startOfDayMs(date, timeZone) })
  }
  const decisions = standing(entries.filter(({ isDecided }) => isDecided)).map(
    ({ object, kind, amount, recordedAtMs }) => ({
      key: object,
      kind: kind === 'refund-denied' ? ('claims' as const) : ('difference' as const),
      amount,
      atMs: recordedAtMs,
    }),
  )
  return { stated: [...stated.values()].filter(({ amount }) => amount !== 0n), decisions }
}

/**
 * Without what a person has taken back: the opposite of what was posted last of the same object and kind. What is said of
 * claims counts from its own night on, and so does its reversal.
 */
function standing(decided: readonly WalletEntry[]): readonly WalletEntry[] {
  const left: WalletEntry[] = []
  for (const entry of decided) {
    const { object, kind, amount } = entry
    const undone = left.findLastIndex((each) => each.object === object && each.kind === kind && each.amount === -amount)
    if (undone === -1 || kind === 'refund-denied') left.push(entry)
    else left.splice(undone, 1)
  }
  return left
}

function isSame(one: StoredNight['worked'], other: WalletNight): boolean {
  return (
    one.gained === other.gained &&
    one.paid === other.paid &&
    one.rounding === other.rounding &&
    one.shortfall === other.shortfall &&
    one.rest === other.rest &&
    one.owed === other.owed &&
    one.overdue === other.overdue &&
    one.heldClaims === other.heldClaims
  )
}

function dateOfLook({ settings }: BatchContext, nights: readonly LookedNight[]): IsoDate {
  const at = nights.at(-1)?.look.atMs ?? 0
  return dateOfChange(nights.at(-2)?.look.atMs ?? null, at, settings.book.timeZone)
}

/** W0: without a stated balance the wallet begins with its first look. */
async function openingDraft(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  { nights, outcome, isOpeningStated }: WorkedWallet,
): Promise<readonly TransactionDraft[]> {
  const stated = isOpeningStated ? '' : 'the first look at the wallet; state its balance to begin earlier'
  const atMs = nights[0]?.look.atMs ?? item.fetchedAtMs
  const opening = {
    object: 'opening',
    kind: 'opening-wallet',
    total: outcome.opening,
    date: isoDateInZone(atMs, context.settings.book.timeZone),
    rule: 'W0',
    memo: stated,
    evidence: evidenceOf(item),
  } as const
  return draftsOf(context, [vendorWant(context, source, opening)])
}

/** W2 to W4: what the wallet paid, what was rounded, and what it spent on orders nobody listed. */
async function walletDrafts(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  { nights, difference }: WalletOutcome,
  date: IsoDate,
): Promise<readonly TransactionDraft[]> {
  const sum = (of: (night: WalletNight) => Units): Units => nights.reduce((total, night) => total + of(night), 0n)
  const isSpend = source.unlisted === 'spend'
  const wanted = [
    { kind: 'refund-credited', total: sum(({ paid }) => paid), rule: 'W2' },
    { kind: 'rounding', total: sum(({ rounding }) => rounding), rule: 'W3' },
    { kind: 'refund-rounded', total: sum(({ shortfall }) => shortfall), rule: 'W3' },
    { kind: 'unlisted', total: isSpend && difference < 0n ? -difference : 0n, rule: 'W4' },
  ] as const
  const about = { object: 'wallet', date, evidence: evidenceOf(item) }
  return draftsOf(
    context,
    wanted.map((each) => vendorWant(context, source, { ...about, ...each })),
  )
}

/** O3: claims that are not posted as owed yet, but for those of nights that claim too much at once (O7). */
async function claimDrafts(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  { nights, outcome }: WorkedWallet,
): Promise<readonly TransactionDraft[]> {
  const waiting = await unpostedClaims(context.db, context.book, source.id)
  const wants: Want[] = []
  const posted: RegisteredOrder[] = []
  for (const order of waiting) {
    const saidMs = order.claimMs ?? item.fetchedAtMs
    const at = nights.findIndex(({ look }) => look.atMs >= saidMs)
    // Said since the last look: its night is not over.
    if (at === -1 && order.claim > order.refunded) continue
    if (order.claim > order.refunded && (outcome.nights[at]?.heldClaims ?? 0n) > 0n) continue
    const before = nights[at - 1]?.look.atMs ?? null
    wants.push(claimWant(context, source, item, order, dateOfChange(before, saidMs, context.settings.book.timeZone)))
    posted.push({ ...order, refunded: order.claim, refundVersion: order.refundVersion + 1 })
  }
  await saveAnswers(context.db, context.book, source.id, posted)
  return draftsOf(context, wants)
}

function claimWant(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  order: RegisteredOrder,
  date: IsoDate,
): Want {
  const placed = order.orderedAtMs === null ? date : isoDateInZone(order.orderedAtMs, context.settings.book.timeZone)
  return vendorWant(context, source, {
    object: `order:${order.orderId}`,
    kind: 'refund',
    total: order.claim,
    have: { version: order.refundVersion, cumulative: order.refunded },
    // A refund never counts before its order.
    date: placed > date ? placed : date,
    rule: 'O3',
    memo: memoOf(order),
    evidence: evidenceOf(item),
  })
}

/** What the refund follows from, in words: `trace` shows it beside the rule. */
function memoOf({ status, highest, confirmed, remains, quantity, claim }: RegisteredOrder): string {
  if (claim === 0n) return `${status ?? 'open'}: nothing is claimed back any more`
  if (highest !== null && confirmed !== null && confirmed < highest)
    return `${status ?? 'open'}: the charge fell from ${formatMoney(highest)} to ${formatMoney(confirmed)}`
  const of = remains === null || quantity === null ? '' : `, ${remains} of ${quantity} undelivered`
  return `${status ?? 'open'}${of}: ${formatMoney(abs(claim))}`
}
