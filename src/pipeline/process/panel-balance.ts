/**
 * A wallet reading → the roll-forward. The balance is the control total of everything a panel did with our money: what
 * it shows beyond the books first proves refunds that wait (wallet-proof.ts); what is left is a difference to explain.
 */
import { addCases } from '../../domain/orders/charge-semantics.ts'
import { ConfigError } from '../../domain/errors.ts'
import { abs, formatMoney, type Units } from '../../domain/money/money.ts'
import { REFUND_CASES, type RefundCase } from '../../domain/orders/order.ts'
import { isAhead, LONGEST_WAIT_MS } from '../../domain/orders/poll-schedule.ts'
import { lastPlace } from '../../domain/orders/refund-check.ts'
import { claimedByStatus, roundingsUpTo, type RefundRounding } from '../../domain/orders/refund.ts'
import { isoDateInZone } from '../../domain/time/dates.ts'
import type { TransactionDraft } from '../../domain/transaction.ts'
import type { Claim } from '../../domain/wallets/claim-amounts.ts'
import { proveRefunds, type ProofRequest, type WalletProof } from '../../domain/wallets/wallet-proof.ts'
import type { Landed } from '../../evidence/landing.ts'
import { lastWalletReading, saveWalletReading, type WalletReading } from '../../evidence/readings.ts'
import type { RegisteredOrder } from '../../evidence/registered-order.ts'
import { saveAnswers } from '../../evidence/register-orders.ts'
import { askAnew, pendingOrders } from '../../evidence/registry.ts'
import {
  excludedRoundings,
  loadSemantics,
  saveExcludedRoundings,
  saveRounding,
  saveTally,
  type LearnedSemantics,
} from '../../evidence/semantics.ts'
import { controlAccount } from '../../reconcile/prove-book.ts'
import { accountBalance, hasOpening } from '../../reconcile/wallet.ts'
import { observeBalance } from '../../sources/panel/observe-account.ts'
import { evidenceOf, quarantine, raise, settle, unreadCode, type BatchContext, type ContextSource } from './context.ts'
import { postDifference, type OrderTiming } from './order-decision.ts'
import { checkRefunds, type Refunded } from './check-refunds.ts'
import { decideParents } from './parent-charges.ts'
import { balanceRequest } from './requests.ts'
import { coveredBy, moveSuspense, suspenseOf } from './resolutions/suspense.ts'
import { isSameRounding, proofRequest, walletHistory } from './wallet-claims.ts'

/** Refunds waiting for proof that one reading can consider. */
const PENDING_LIMIT = 100_000

export async function processBalance(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
): Promise<readonly TransactionDraft[]> {
  const { moment } = balanceRequest(item)
  const observed = observeBalance({ httpStatus: item.httpStatus ?? 0, contentType: item.contentType, body: item.body })
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
    decimals: observed.decimals,
  }
  if (moment === 'before') {
    // What the panel said while this machine's clock was ahead must not keep its orders from being asked about.
    if (before !== null && isAhead(before.observedAtMs, item.fetchedAtMs))
      await askAnew(context.db, context.book, source.id, item.fetchedAtMs, item.fetchedAtMs + LONGEST_WAIT_MS)
    context.tally.add('unchanged', source.currency, null)
    await saveWalletReading(context.db, context.book, source.id, item.item, reading)
    return []
  }
  return rollForward(context, source, item, { ...reading, decimals: observed.decimals })
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
  reading: WalletReading & { readonly decimals: number },
): Promise<readonly TransactionDraft[]> {
  const { decimals } = reading
  const history = await walletHistory(context, source, item.batch)
  // How the pass before this one ended.
  const previous = history.readings.find(({ moment }) => moment === 'after') ?? null
  const drafts: TransactionDraft[] = []
  // What waits in suspense explains nothing: the evidence it stands in for may have come by now.
  const suspended = await suspenseOf(context.db, context.book, source.id)
  const known = reading.booked - suspended
  const unexplained = reading.balance - known
  if (reading.consistent && unexplained !== 0n) {
    const orders = await pendingOrders(context.db, context.book, source.id, PENDING_LIMIT)
    if (orders.length === PENDING_LIMIT)
      context.warn(
        source.name,
        `more than ${PENDING_LIMIT} refunds wait for proof; the wallet can prove none of them until fewer do`,
      )
    const learned = await loadSemantics(context.db, context.book, source.id)
    const account = walletAccount(context, source)
    const about = { account, unexplained, decimals, batch: item.batch, orders, learned }
    const proof = proveWith(await proofRequest(context, source, history, about))
    drafts.push(...(await acceptProof(context, source, item, proof, learned, previous?.observedAtMs ?? null)))
  }
  const refunded = drafts.reduce((sum, draft) => sum + draft.amount, 0n)
  const taken = reading.consistent
    ? await decideParents(context, source, item, unexplained - refunded, timingOf(item, previous?.observedAtMs ?? null))
    : []
  drafts.push(...taken)
  const proven = taken.reduce((sum, draft) => sum - draft.amount, refunded)
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
  return drafts
}

/** So many orders at least must agree on a rounding that earlier proofs contradict: then the panel has changed it. */
const ORDERS_FOR_A_CHANGE = 3

function proveWith(request: ProofRequest): WalletProof {
  const proof = proveRefunds(request)
  if (proof.kind === 'proven' || proof.reason === 'several readings') return proof
  const all = roundingsUpTo(
    Math.max(request.walletDecimals, ...request.pending.map((each) => each.state.chargeDecimals)),
  )
  const changed = proveRefunds({ ...request, roundings: { cancel: all, partial: all, completion: all } })
  if (changed.kind !== 'proven') return proof
  const rounded = changed.refunds.filter(({ kind, pending }) => kind === 'gross' && pending.refundCase !== 'cancel')
  return rounded.length >= ORDERS_FOR_A_CHANGE ? changed : proof
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
      const cases = proof.refunds.filter((each) => each.pending.refundCase === refundCase && each.kind === kind)
      if (cases.length === 0) continue
      tally = addCases(tally, kind, cases.length)
      await saveTally(context.db, context.book, source.id, refundCase, tally, context.batch)
    }
  }
  await learnRounding(context, source, proof)
  return postProven(context, source, item, proof.refunds, previousPassMs)
}

/** What a proof says of how the panel rounds: what it contradicts is not tried again, what it fits is believed. */
async function learnRounding(
  { db, book, batch }: BatchContext,
  source: ContextSource,
  proof: Extract<WalletProof, { readonly kind: 'proven' }>,
): Promise<void> {
  const excluded = await excludedRoundings(db, book, source.id)
  for (const refundCase of REFUND_CASES) {
    const shown = proof.roundings[refundCase]
    const claims = proof.refunds.filter(({ kind, pending }) => kind === 'gross' && pending.refundCase === refundCase)
    if (shown === undefined || claims.length === 0) continue
    const isChanged = excluded[refundCase].some((each) => isSameRounding(each, shown))
    const contradicted = ALL_ROUNDINGS.filter((each) => isContradicted(claims, refundCase, each))
    const kept = isChanged ? [] : excluded[refundCase]
    const next = ALL_ROUNDINGS.filter((each) => [...kept, ...contradicted].some((other) => isSameRounding(each, other)))
    if (isChanged || next.length !== excluded[refundCase].length)
      await saveExcludedRoundings(db, book, source.id, refundCase, next, batch)
    await saveRounding(db, book, source.id, refundCase, shown)
  }
}

const ALL_ROUNDINGS = roundingsUpTo(8)

function isContradicted(claims: readonly Claim[], refundCase: RefundCase, rounding: RefundRounding): boolean {
  return claims.some(({ pending, refunded }) => claimedByStatus(pending.state, refundCase, rounding) !== refunded)
}

async function postProven(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  refunds: readonly Claim[],
  previousPassMs: number | null,
): Promise<readonly TransactionDraft[]> {
  const timing = timingOf(item, previousPassMs)
  const drafts: TransactionDraft[] = []
  const saved: RegisteredOrder[] = []
  const booked: Refunded[] = []
  for (const { pending, refunded } of refunds) {
    const { refundCase } = pending
    // The states given to the proof were registry rows.
    const order = pending.state as RegisteredOrder
    const posted = postDifference(context, source, order, refunded, `refund/wallet-${refundCase}`, timing)
    drafts.push(...posted.drafts)
    saved.push({ ...posted.order, pending: null, claimBatch: null, claimFromOpen: null })
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
