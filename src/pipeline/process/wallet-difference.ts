/**
 * What is left of a wallet's difference after everything provable: nothing, or an exception that says in which night it
 * arose and what would fit it. A difference of a night during which the wallet moved is bounded, and nothing more.
 */
import { abs, formatMoney, lastPlace, type Units } from '../../domain/money/money.ts'
import { isoDateInZone } from '../../domain/time/dates.ts'
import { besideAll, describeFits, doubledFits, NO_FITS, waitingFits } from '../../domain/wallets/fits.ts'
import type { ProofRequest } from '../../domain/wallets/wallet-proof.ts'
import type { Landed } from '../../evidence/landing.ts'
import type { WalletReading } from '../../evidence/readings.ts'
import { closeChanges, openChanges, ordersOf, saveChange, type WalletChange } from '../../evidence/wallet-changes.ts'
import { hasOpening } from '../../reconcile/wallet.ts'
import { raise, settle, type BatchContext, type ContextSource } from './context.ts'
import type { WalletHistory } from './wallet-claims.ts'

/** Nights named in an exception; the others are counted. */
const NIGHTS_SHOWN = 3

export interface Judged {
  readonly reading: WalletReading & { readonly decimals: number }
  /** wallet − books, after everything that was proven and without what waits in suspense. */
  readonly left: Units
  /** What of it a person has put into suspense. */
  readonly suspended: Units
  readonly hasPosted: boolean
  readonly history: WalletHistory
  /** Null where the wallet proved nothing because it moved. */
  readonly request: ProofRequest | null
  /** True when rounding the runs of drip-feeds can have left it: told with the wallet, and no exception. */
  readonly isRemainder: boolean
}

export async function judgeDifference(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  judged: Judged,
): Promise<void> {
  const { reading, left, suspended } = judged
  const open = reading.consistent
    ? await itemise(context, source, item, judged)
    : await openChanges(context.db, context.book, source.id)
  const apart = left - suspended
  if (apart === 0n || judged.isRemainder) {
    context.tally.add(judged.hasPosted ? 'posted' : 'unchanged', source.currency, null)
    await settle(context, item, 'wallet')
    return
  }
  context.tally.add('excepted', source.currency, null)
  const opened = await hasOpening(context.db, context.book, source.id)
  const direction = apart > 0n ? 'more' : 'less'
  const parts = [
    `the wallet holds ${formatMoney(abs(apart), 8)} ${source.currency} ${direction} than the books`,
    reading.consistent ? '' : boundsOf(source, judged),
    opened ? '' : 'no opening balance has been imported for this wallet (tieout evidence import)',
    byNight(context, open),
  ]
  const detail = parts.filter((part) => part !== '').join('; ')
  const code = opened && abs(apart) <= lastPlace(reading.decimals) ? 'ROUNDING' : 'MISSING_IN_BOOKS'
  await settle(context, item, 'wallet', { except: [code] })
  await raise(context, item, {
    source: source.name,
    code,
    object: 'wallet',
    amount: apart,
    currency: source.currency,
    detail,
  })
}

/** The wallet moved while the orders were asked about: the difference lies between those to the balances read meanwhile. */
function boundsOf(source: ContextSource, { reading, history, left, suspended }: Judged): string {
  const moved = 'the balance moved during the pass, so some of it may be timing'
  const books = reading.balance - (left - suspended)
  const [least, most] = [reading.balance, ...history.balances].reduce(
    ([low, high], balance) => [balance < low ? balance : low, balance > high ? balance : high],
    [reading.balance, reading.balance],
  )
  if (least === most) return moved
  return `${moved}: it lies between ${formatMoney(least - books, 8)} and ${formatMoney(most - books, 8)} ${source.currency}, and nothing is booked from that`
}

/** Keeps what this pass left unexplained as a row of its own, so that all open rows come to the difference. */
async function itemise(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  judged: Judged,
): Promise<readonly WalletChange[]> {
  const { db, book } = context
  const { history, left } = judged
  const open = await openChanges(db, book, source.id)
  const close = (changes: readonly WalletChange[]): Promise<void> =>
    closeChanges(db, book, source.id, changes, item.batch)
  const change = left - open.reduce((sum, { amount }) => sum + amount, 0n)
  if (left === 0n) {
    await close(open)
    return []
  }
  if (change === 0n) return open
  // What books or wallet made good since is told by the same amount.
  const undone = open.find(({ amount }) => amount === -change)
  if (undone !== undefined) {
    await close([undone])
    return open.filter((each) => each !== undone)
  }
  // A pass may look at the wallet more than once: it leaves one row.
  const samePass = open.filter(({ batch }) => batch > history.startBatch)
  const amount = samePass.reduce((sum, each) => sum + each.amount, change)
  await close(samePass)
  const others = open.filter((each) => !samePass.includes(each))
  if (amount === 0n) return others
  const row: WalletChange = {
    batch: item.batch,
    item: item.item,
    observedAtMs: item.fetchedAtMs,
    sinceMs: history.cut?.observedAtMs ?? null,
    amount,
    candidates: await candidatesOf(context, source, judged.request, amount),
  }
  await saveChange(db, book, source.id, row)
  return [row, ...others]
}

async function candidatesOf(
  { db, book }: BatchContext,
  source: ContextSource,
  request: ProofRequest | null,
  amount: Units,
): Promise<string> {
  const known = (figure: Parameters<typeof ordersOf>[3], of: Units) => ordersOf(db, book, source.id, figure, of)
  const pending = request?.pending ?? []
  const beside = request === null ? null : besideAll(amount, pending, request.roundings)
  const waiting = request === null ? NO_FITS : waitingFits(amount, pending, request.roundings, request.walletDecimals)
  const doubled = request === null ? NO_FITS : doubledFits(amount, pending, request.roundings)
  return describeFits(
    amount,
    { waiting, doubled },
    { beside, waitingCount: pending.length },
    {
      refundedAgain: await known('refunded', amount),
      refundedBeside: await known('refunded', beside ?? 0n),
      neverCredited: await known('refunded', -amount),
      completed: await known('completed', amount),
      settledByTie: await known('tied', amount),
      chargedAgain: await known('charged', -amount),
    },
  )
}

/** "by night: 2026-03-02 -0.77 (a debit by hand of 0.77, or …)", the newest first. */
function byNight({ settings }: BatchContext, open: readonly WalletChange[]): string {
  if (open.length === 0) return ''
  const { timeZone } = settings.book
  const nights = open.slice(0, NIGHTS_SHOWN).map(({ observedAtMs, sinceMs, amount, candidates }) => {
    const night = isoDateInZone(observedAtMs, timeZone)
    const from = sinceMs === null ? null : isoDateInZone(sinceMs, timeZone)
    const span = from === null ? `until ${night}` : from === night ? night : `${from} to ${night}`
    return `${span}: ${amount > 0n ? '+' : ''}${formatMoney(amount)} (${candidates})`
  })
  const more = open.length > NIGHTS_SHOWN ? ` [${NIGHTS_SHOWN} of ${open.length} nights shown]` : ''
  return `by night${more}: ${nights.join('; ')}`
}
