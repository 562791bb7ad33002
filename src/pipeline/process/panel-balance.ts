/**
 * A wallet reading → the roll-forward. The balance is the control total of everything a panel did with our money: what
 * it shows beyond the books first proves refunds that wait (wallet-proof.ts); what is left is a difference to explain.
 */
import { ConfigError } from '../../domain/errors.ts'
import type { Units } from '../../domain/money/money.ts'
import { isAhead, LONGEST_WAIT_MS } from '../../domain/orders/poll-schedule.ts'
import type { RefundCase } from '../../domain/orders/order.ts'
import { isoDateInZone } from '../../domain/time/dates.ts'
import type { TransactionDraft } from '../../domain/transaction.ts'
import type { ProofRequest } from '../../domain/wallets/wallet-proof.ts'
import type { Landed } from '../../evidence/landing.ts'
import { lastWalletReading, saveWalletReading, type WalletReading } from '../../evidence/readings.ts'
import { askAnew, pendingOrders } from '../../evidence/registry.ts'
import type { RegisteredOrder } from '../../evidence/registered-order.ts'
import { heldCredits, secondCreditOf, type HeldCredit } from '../../evidence/second-credits.ts'
import { ordersDue } from '../../evidence/refund-rules.ts'
import { loadSemantics } from '../../evidence/semantics.ts'
import { controlAccount } from '../../reconcile/prove-book.ts'
import { accountBalance, hasOpening } from '../../reconcile/wallet.ts'
import { observeBalance } from '../../sources/panel/observe-account.ts'
import { answerOf, evidenceOf, raise, settle, supersede, type BatchContext, type ContextSource } from './context.ts'
import { decideParents, undecidedParents, type ParentCut, type UndecidedParents } from './decide-parents.ts'
import { mayBeRemainder } from './drip-feed-remainder.ts'
import { netCredits, proveBesideFalls } from './net-credits.ts'
import { balanceRequest } from './requests.ts'
import { learnRules, raiseOverdue, type Learnt } from './refunds-due.ts'
import { weighTie, withoutCut } from './tie-evidence.ts'
import { coveredBy, moveSuspense, suspenseOf } from './resolutions/suspense.ts'
import { bookSecondCredit, findSecondCredit, sumHeld } from './second-credits.ts'
import { differenceAt, proofRequest, walletHistory, type WalletHistory } from './wallet-claims.ts'
import { judgeDifference } from './wallet-difference.ts'
import { acceptProof, askedAfter, proveWaiting, timingOf } from './wallet-proving.ts'
import { raiseUnread, settleUnanswered } from './unread-answers.ts'

/** Refunds waiting for proof that one reading can consider. */
const PENDING_LIMIT = 100_000

export async function processBalance(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
): Promise<readonly TransactionDraft[]> {
  const { moment, again } = balanceRequest(item)
  const observed = observeBalance(answerOf(context, item))
  if (observed.kind !== 'balance') {
    context.tally.add('quarantined', source.currency, null)
    context.warn(source.name, observed.reason)
    await raiseUnread(context, source, item, { object: 'wallet', observed, reason: observed.reason })
    if (moment === 'after') await withoutCut(context, source, item)
    return []
  }
  if (observed.currency !== null && observed.currency !== source.currency) {
    context.tally.add('excepted', observed.currency, null)
    // It is an answer: that none came, or none that made sense, is over.
    await settleUnanswered(context, item, 'wallet')
    await settle(context, item, 'wallet', { only: ['BAD_PAYLOAD'] })
    const detail = `the wallet is in ${observed.currency}, but the source is configured in ${source.currency}`
    await raise(context, item, {
      source: source.name,
      code: 'CURRENCY_MISMATCH',
      object: 'wallet',
      amount: observed.balance,
      currency: observed.currency,
      detail,
    })
    if (moment === 'after') await withoutCut(context, source, item)
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
    consistent: moment === 'after' && isQuiet(before, observed.balance, again),
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

/**
 * Whether the wallet stood still since the pass began, or since it was last read when every open order was asked about
 * again after that (`again`): what finished orders say afterwards does not make up for a move.
 */
function isQuiet(before: WalletReading | null, balance: Units, again: boolean): boolean {
  return before !== null && before.balance === balance && (again || before.moment === 'before' || before.consistent)
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
  const previousPassMs = previous?.observedAtMs ?? null
  const drafts: TransactionDraft[] = []
  let request: ProofRequest | null = null
  let learnt: Learnt | null = null
  // What waits in suspense explains nothing: the evidence it stands in for may have come by now.
  const suspended = await suspenseOf(context.db, context.book, source.id)
  const known = reading.booked - suspended
  const unexplained = reading.balance - known
  const learned = await loadSemantics(context.db, context.book, source.id)
  // A credit can just cancel a difference that stood before it, which proves it like any other change.
  const stood = history.cut === null ? 0n : differenceAt(history.cut)
  const account = walletAccount(context, source)
  const due = await ordersDue(context.db, context.book, source.id)
  const held = await heldCredits(context.db, context.book, source.id)
  const about = { account, unexplained, decimals, batch: item.batch, learned, due }
  if (reading.consistent && (unexplained !== 0n || stood !== 0n)) {
    const waiting = await requestOfWaiting(context, source, history, about)
    request = besideParents(waiting, await undecidedParents(context, source, { history, decimals }), unexplained)
    const booked = await proveAll(context, source, item, request, { previousPassMs, history })
    learnt = booked
    drafts.push(...booked.drafts)
    request = booked.request
    if (booked.isUnread) {
      const again = await proveTwice(context, source, item, request, { due, held, previousPassMs })
      drafts.push(...again)
    }
  }
  const refunded = movedOn(account, drafts)
  const twice = sumHeld(held) + drafts.filter(isSecondCredit).reduce((sum, { amount }) => sum + amount, 0n)
  const isWhole = reading.consistent && suspended === 0n && twice === 0n
  const asked = request
  const timing = timingOf(item, previousPassMs)
  const parents = {
    left: unexplained - refunded,
    account,
    history,
    decimals,
    timing,
    mayRound: isWhole && (await hasOpening(context.db, context.book, source.id)),
    request: async () => asked ?? (await requestOfWaiting(context, source, history, about)),
  }
  const asks = reading.consistent && twice === 0n ? parents : null
  const taken = await takeParents(context, source, item, asks, previousPassMs)
  drafts.push(...taken.drafts)
  // Once for all proofs of the reading: what one of them does without, another may show.
  if (learnt !== null || taken.claims.length > 0) await learnRules(context, source, item, due, bothOf(learnt, taken))
  const proven = refunded + movedOn(account, taken.drafts)
  await saveWalletReading(context.db, context.book, source.id, item.item, {
    ...reading,
    booked: known + proven,
  })
  const left = unexplained - proven
  const kept = reading.consistent ? coveredBy(suspended, left) : suspended
  const change = { from: suspended, to: kept, date: isoDateInZone(item.fetchedAtMs, context.settings.book.timeZone) }
  const memo = 'the evidence arrived: what waited in suspense is taken back'
  drafts.push(...(await moveSuspense(context, source, change, { memo, evidence: evidenceOf(item) })))
  const isRemainder = isWhole && (await mayBeRemainder(context, source, { left, cut: history.cut, request }))
  const judged = { reading, left, suspended: kept, hasPosted: drafts.length > 0, history, request, isRemainder }
  await judgeDifference(context, source, item, judged)
  if (due.length > 0) await raiseOverdue(context, source, item, await ordersDue(context.db, context.book, source.id))
  await weighTie(context, source, item, { reading, decimals, left, twice, timing, before: learned })
  return drafts
}

/** Where the moves are not all the readings there are, only what the wallet ties by is a proof. */
function besideParents(request: ProofRequest, parents: UndecidedParents | null, unexplained: Units): ProofRequest {
  if (parents === null) return request
  const { moves, isUnclear } = parents
  return { ...request, parents: isUnclear ? { ...moves, mustComeTo: unexplained } : moves }
}

/** What the wallet says of parents, and of the refunds that came with their charges; null: it proves nothing of them. */
async function takeParents(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  cut: ParentCut | null,
  previousPassMs: number | null,
): Promise<Learnt & { readonly drafts: readonly TransactionDraft[] }> {
  if (cut === null) return { drafts: [], claims: [], changed: new Set() }
  const told = await decideParents(context, source, item, cut)
  const drafts = [...told.drafts]
  const changed = new Set<RefundCase>()
  for (const proof of told.proofs) {
    const learned = await loadSemantics(context.db, context.book, source.id)
    const accepted = await acceptProof(context, source, item, proof, learned, previousPassMs)
    drafts.push(...accepted.drafts)
    for (const refundCase of accepted.changed) changed.add(refundCase)
  }
  return { drafts, claims: told.proofs.flatMap(({ refunds }) => refunds), changed }
}

function bothOf(one: Learnt | null, other: Learnt): Learnt {
  if (one === null) return other
  return { claims: [...one.claims, ...other.claims], changed: new Set([...one.changed, ...other.changed]) }
}

type Asked = Omit<Parameters<typeof proofRequest>[3], 'orders'> & {
  readonly due: Awaited<ReturnType<typeof ordersDue>>
}

/** Everything that waits for proof, and what a rule booked as due. */
async function requestOfWaiting(
  context: BatchContext,
  source: ContextSource,
  history: WalletHistory,
  { due, ...about }: Asked,
): Promise<ProofRequest> {
  const waiting = await pendingOrders(context.db, context.book, source.id, PENDING_LIMIT)
  if (waiting.length === PENDING_LIMIT)
    context.warn(
      source.name,
      `more than ${PENDING_LIMIT} refunds wait for proof; the wallet can prove none of them until fewer do`,
    )
  const dueIds = new Set(due.map(({ orderId }) => orderId))
  const orders = [...waiting.filter(({ orderId }) => !dueIds.has(orderId)), ...due]
  return proofRequest(context, source, history, { ...about, orders })
}

interface Proven extends Learnt {
  readonly drafts: readonly TransactionDraft[]
  /** What is left to ask. */
  readonly request: ProofRequest
  /** True when nothing was proven because no reading fits. */
  readonly isUnread: boolean
}

/** Proof by proof, since what is proven fits nothing else any more. */
async function proveAll(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  request: ProofRequest,
  passed: { readonly previousPassMs: number | null; readonly history: WalletHistory },
): Promise<Proven> {
  const waiting = proveWaiting(request)
  const isUnread = waiting.kind === 'unproven' && waiting.reason === 'no reading' && request.changes.length > 0
  const proof = isUnread ? proveBesideFalls(request, await netCredits(context, source, passed.history)) : waiting
  const nothing = { drafts: [], claims: [], changed: new Set<RefundCase>(), request }
  if (proof.kind !== 'proven') return { ...nothing, isUnread: proof.reason === 'no reading' }
  if (proof.refunds.length === 0) return { ...nothing, isUnread: false }
  const learned = await loadSemantics(context.db, context.book, source.id)
  const { drafts, changed } = await acceptProof(context, source, item, proof, learned, passed.previousPassMs)
  const more = await proveAll(context, source, item, askedAfter(request, proof), passed)
  return {
    drafts: [...drafts, ...more.drafts],
    claims: [...proof.refunds, ...more.claims],
    changed: new Set([...changed, ...more.changed]),
    request: more.request,
    isUnread: false,
  }
}

/** A second credit, and what else waited where it came with that. */
async function proveTwice(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  request: ProofRequest,
  { due, held, previousPassMs }: Known,
): Promise<readonly TransactionDraft[]> {
  const found = await findSecondCredit(context, source, request, { due, held })
  if (found === null) return []
  const { credit, beside } = found
  const booked = [await bookSecondCredit(context, source, item, credit, held)]
  if (beside === null) return booked
  const learned = await loadSemantics(context.db, context.book, source.id)
  const { drafts, changed } = await acceptProof(context, source, item, beside, learned, previousPassMs)
  await learnRules(context, source, item, due, { claims: beside.refunds, changed })
  return [...drafts, ...booked]
}

interface Known {
  readonly due: readonly RegisteredOrder[]
  readonly held: readonly HeldCredit[]
  readonly previousPassMs: number | null
}

function isSecondCredit({ object }: TransactionDraft): boolean {
  return object.startsWith(secondCreditOf(''))
}

/** What transactions change the account by. */
function movedOn(account: string, drafts: readonly TransactionDraft[]): Units {
  return drafts
    .flatMap(({ postings }) => postings)
    .reduce((sum, posting) => (posting.account === account ? sum + posting.amount : sum), 0n)
}
