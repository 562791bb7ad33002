/**
 * A wallet reading → the roll-forward. The balance is the control total of everything a panel did with our money: what
 * it shows beyond the books first proves refunds that wait (wallet-proof.ts); what is left is a difference to explain.
 */
import { addCases } from '../../domain/orders/charge-semantics.ts'
import { ConfigError } from '../../domain/errors.ts'
import { abs, formatMoney, type Units } from '../../domain/money/money.ts'
import { refundCaseOf } from '../../domain/orders/order.ts'
import { isAhead, LONGEST_WAIT_MS } from '../../domain/orders/poll-schedule.ts'
import { lastPlace } from '../../domain/orders/refund-check.ts'
import { ROUNDING_MODES, type RefundRounding } from '../../domain/orders/refund.ts'
import { isoDateInZone } from '../../domain/time/dates.ts'
import type { TransactionDraft } from '../../domain/transaction.ts'
import { proveRefunds, type ProvenRefund, type WalletProof } from '../../domain/wallets/wallet-proof.ts'
import type { Landed } from '../../evidence/landing.ts'
import { lastWalletReading, saveWalletReading, type WalletReading } from '../../evidence/readings.ts'
import type { RegisteredOrder } from '../../evidence/registered-order.ts'
import { saveAnswers } from '../../evidence/register-orders.ts'
import { askAnew, pendingOrders } from '../../evidence/registry.ts'
import {
  loadSemantics,
  REFUND_CASES,
  saveRounding,
  saveTally,
  type LearnedSemantics,
} from '../../evidence/semantics.ts'
import { controlAccount } from '../../reconcile/prove-book.ts'
import { accountBalance, hasOpening } from '../../reconcile/wallet.ts'
import { observeBalance } from '../../sources/panel/observe-account.ts'
import {
  answerOf,
  evidenceOf,
  quarantine,
  raise,
  settle,
  supersede,
  unreadCode,
  type BatchContext,
  type ContextSource,
} from './context.ts'
import { postDifference, type OrderTiming } from './order-decision.ts'
import { checkRefunds, type Refunded } from './check-refunds.ts'
import { bookRemainder } from './drip-feed-remainder.ts'
import { decideParents } from './parent-charges.ts'
import { balanceRequest } from './requests.ts'
import { weighTie, withoutCut } from './tie-evidence.ts'
import { coveredBy, moveSuspense, suspenseOf } from './resolutions/suspense.ts'

/** Refunds waiting for proof that one reading can consider. */
const PENDING_LIMIT = 100_000

export async function processBalance(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
): Promise<readonly TransactionDraft[]> {
  const { moment } = balanceRequest(item)
  const observed = observeBalance(answerOf(context, item))
  if (observed.kind !== 'balance') {
    context.tally.add('quarantined', source.currency, null)
    await quarantine(context, item, 0, 'wallet', observed.reason)
    context.warn(source.name, observed.reason)
    await raise(context, item, {
      source: source.name,
      code: unreadCode(observed),
      object: 'wallet',
      amount: null,
      currency: null,
      detail: observed.reason,
    })
    if (moment === 'after') await withoutCut(context, source, item)
    return []
  }
  if (observed.currency !== null && observed.currency !== source.currency) {
    context.tally.add('excepted', observed.currency, null)
    const detail = `the wallet is in ${observed.currency}, but the source is configured in ${source.currency}`
    await raise(context, item, {
      source: source.name,
      code: 'CURRENCY_MISMATCH',
      object: 'wallet',
      amount: observed.balance,
      currency: observed.currency,
      detail,
    })
    return []
  }
  await settle(context, item, 'source')
  await settle(context, item, 'wallet', { except: ['MISSING_IN_BOOKS', 'ROUNDING'] })
  await supersede(context, item, 'wallet')
  const booked = await accountBalance(context.db, context.book, walletAccount(context, source), source.currency)
  const before = await lastWalletReading(context.db, context.book, source.id, context.batch)
  const reading: WalletReading = {
    batch: item.batch,
    observedAtMs: item.fetchedAtMs,
    moment,
    balance: observed.balance,
    currency: source.currency,
    booked,
    consistent: moment === 'after' && before?.balance === observed.balance,
  }
  if (moment === 'before') {
    // What the panel said while this machine's clock was ahead must not keep its orders from being asked about.
    if (before !== null && isAhead(before.observedAtMs, item.fetchedAtMs))
      await askAnew(context.db, context.book, source.id, item.fetchedAtMs, item.fetchedAtMs + LONGEST_WAIT_MS)
    context.tally.add('unchanged', source.currency, null)
    await saveWalletReading(context.db, context.book, source.id, item.item, reading)
    return []
  }
  return rollForward(context, source, item, reading, observed.decimals)
}

/** The account whose balance must equal the panel's. */
function walletAccount(context: BatchContext, source: ContextSource): string {
  const account = controlAccount(context.rules, source.kind, source.name)
  if (account !== null) return account
  throw new ConfigError(
    'RULE_MISSING',
    `The posting rules have no "charge" for panels, so the wallet of ${source.name} has no account.`,
    `Add it to ${context.rules.file}.`,
  )
}

async function rollForward(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  reading: WalletReading,
  decimals: number,
): Promise<readonly TransactionDraft[]> {
  const start = await lastWalletReading(context.db, context.book, source.id, item.batch, 'before')
  // A pass starts with a 'before' reading and may end with several 'after' ones: this is how the one before it ended.
  const previous =
    start === null ? null : await lastWalletReading(context.db, context.book, source.id, start.batch, 'after')
  const drafts: TransactionDraft[] = []
  // What waits in suspense explains nothing: the evidence it stands in for may have come by now.
  const suspended = await suspenseOf(context.db, context.book, source.id)
  const known = reading.booked - suspended
  const unexplained = reading.balance - known
  const semantics = await loadSemantics(context.db, context.book, source.id)
  if (reading.consistent && unexplained !== 0n) {
    const orders = await pendingOrders(context.db, context.book, source.id, PENDING_LIMIT)
    if (orders.length === PENDING_LIMIT)
      context.warn(
        source.name,
        `more than ${PENDING_LIMIT} refunds wait for proof; the wallet can prove none of them until fewer do`,
      )
    const before = previous === null ? null : previous.balance - previous.booked
    const waiting = orders.flatMap((state) => {
      const refundCase = refundCaseOf(state.status)
      const isNew = previous === null || (state.observedAtMs ?? 0) > previous.observedAtMs
      const endedEarlier =
        previous !== null && state.terminalAtMs !== null && state.terminalAtMs <= previous.observedAtMs
      return refundCase === null ? [] : [{ state, refundCase, isNew, endedEarlier }]
    })
    const proof = proveWith(semantics.rounding, candidateRoundings(decimals, orders), (roundings) =>
      proveRefunds(unexplained, before, waiting, roundings),
    )
    drafts.push(...(await acceptProof(context, source, item, proof, semantics, previous?.observedAtMs ?? null)))
  }
  const refunded = drafts.reduce((sum, draft) => sum + draft.amount, 0n)
  const isWhole = reading.consistent && suspended === 0n
  const rounded = isWhole ? await bookRemainder(context, source, item, unexplained - refunded) : []
  drafts.push(...rounded)
  const explained = rounded.length > 0 ? unexplained : refunded
  const taken = reading.consistent
    ? await decideParents(
        context,
        source,
        item,
        unexplained - explained,
        timingOf(item, previous?.observedAtMs ?? null),
      )
    : []
  drafts.push(...taken)
  const proven = taken.reduce((sum, draft) => sum - draft.amount, explained)
  await saveWalletReading(context.db, context.book, source.id, item.item, {
    ...reading,
    booked: known + proven,
  })
  const left = unexplained - proven
  const kept = reading.consistent ? coveredBy(suspended, left) : suspended
  const change = { from: suspended, to: kept, date: isoDateInZone(item.fetchedAtMs, context.settings.book.timeZone) }
  const memo = 'the evidence arrived: what waited in suspense is taken back'
  drafts.push(...(await moveSuspense(context, source, change, { memo, evidence: evidenceOf(item) })))
  await judge(context, source, item, { reading, decimals }, left - kept, drafts.length > 0)
  const timing = timingOf(item, previous?.observedAtMs ?? null)
  await weighTie(context, source, item, { reading, decimals, left, timing, before: semantics })
  return drafts
}

/** What was learned first. Full refunds prove any rounding, so when it fails the others have their turn again. */
function proveWith(
  learned: RefundRounding | null,
  candidates: readonly RefundRounding[],
  prove: (roundings: readonly RefundRounding[]) => WalletProof,
): WalletProof {
  const proof = learned === null ? null : prove([learned])
  return proof?.kind === 'proven' ? proof : prove(candidates)
}

function candidateRoundings(decimals: number, orders: readonly RegisteredOrder[]): readonly RefundRounding[] {
  const shown = orders.map((order) => order.chargeDecimals)
  const places = [...new Set([...shown, decimals, 8])].filter((each) => each <= 8).sort((a, b) => a - b)
  return places.flatMap((decimals) => ROUNDING_MODES.map((mode) => ({ mode, decimals })))
}

/**
 * Posts what the wallet has proven to the last digit, however few the orders: it needs no verdict. Each is a case for
 * the verdict, and one against a standing verdict takes that back.
 */
async function acceptProof(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  proof: WalletProof,
  learned: LearnedSemantics,
  previousPassMs: number | null,
): Promise<readonly TransactionDraft[]> {
  if (proof.kind !== 'proven') return []
  for (const refundCase of REFUND_CASES) {
    let tally = learned.tallies[refundCase]
    for (const kind of ['net', 'gross'] as const) {
      // A charge that the panel hides shows nothing of what it does to charges.
      const cases = proof.refunds.filter(
        (each) => each.refundCase === refundCase && each.kind === kind && each.state.charge !== null,
      )
      if (cases.length === 0) continue
      tally = addCases(tally, kind, cases.length)
      await saveTally(context.db, context.book, source.id, refundCase, tally, context.batch)
    }
  }
  const { refunds } = proof
  if (refunds.some((each) => each.kind === 'gross')) {
    await saveRounding(context.db, context.book, source.id, proof.rounding)
  }
  return postProven(context, source, item, refunds, previousPassMs)
}

async function postProven(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  refunds: readonly ProvenRefund[],
  previousPassMs: number | null,
): Promise<readonly TransactionDraft[]> {
  const timing = timingOf(item, previousPassMs)
  const drafts: TransactionDraft[] = []
  const saved: RegisteredOrder[] = []
  const booked: Refunded[] = []
  for (const { state, refundCase, refunded } of refunds) {
    // The states given to the proof were registry rows.
    const order = state as RegisteredOrder
    const posted = postDifference(context, source, order, refunded, `refund/wallet-${refundCase}`, timing)
    drafts.push(...posted.drafts)
    saved.push({ ...posted.order, pending: null })
    booked.push({ item, before: order, after: posted.order, drafts: posted.drafts })
    await settle(context, item, `order:${order.orderId}`)
  }
  await saveAnswers(context.db, context.book, source.id, saved)
  await checkRefunds(context, source, booked)
  return drafts
}

function timingOf(item: Landed, previousPassMs: number | null): OrderTiming {
  return {
    evidence: { batch: item.batch, item: item.item },
    atMs: item.fetchedAtMs,
    previousPassMs,
    backfill: false,
  }
}

/** What is left after everything provable: nothing, or an exception that says what it could be. */
async function judge(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  { reading, decimals }: { readonly reading: WalletReading; readonly decimals: number },
  left: Units,
  hasPosted: boolean,
): Promise<void> {
  if (left === 0n) {
    context.tally.add(hasPosted ? 'posted' : 'unchanged', source.currency, null)
    await settle(context, item, 'wallet')
    return
  }
  context.tally.add('excepted', source.currency, null)
  const opened = await hasOpening(context.db, context.book, source.id)
  const direction = left > 0n ? 'more' : 'less'
  const parts = [
    `the wallet holds ${formatMoney(left < 0n ? -left : left, 8)} ${source.currency} ${direction} than the books`,
    reading.consistent ? '' : 'the balance moved during the pass, so some of it may be timing',
    opened ? '' : 'no opening balance has been imported for this wallet (tieout evidence import)',
  ]
  const detail = parts.filter((part) => part !== '').join('; ')
  const code = opened && abs(left) <= lastPlace(decimals) ? 'ROUNDING' : 'MISSING_IN_BOOKS'
  await settle(context, item, 'wallet', { except: [code] })
  await raise(context, item, {
    source: source.name,
    code,
    object: 'wallet',
    amount: left,
    currency: source.currency,
    detail,
  })
}
