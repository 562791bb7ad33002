/**
 * What is landed about an order we placed → its row, and the registry. An order whose outcome is not known stays an
 * exception until a person says what happened, whatever the wallet does meanwhile; it is never sent again.
 */
import * as z from 'zod'
import { formatMoney, parseMoney } from '../../domain/money/money.ts'
import type { TransactionDraft } from '../../domain/transaction.ts'
import { holdsOnce, isChargedAsExpected, judgeWallet } from '../../domain/wallets/wallet-movement.ts'
import { saveSnapshot } from '../../evidence/catalogue.ts'
import type { Landed } from '../../log/landing.ts'
import { findAdd, perhapsRunning, saveAdd, WALLET_DIFFERS, type PanelAdd } from '../../evidence/panel-adds.ts'
import { newOrder } from '../../evidence/registered-order.ts'
import { saveOrders } from '../../evidence/register-orders.ts'
import { findOrders } from '../../evidence/registry.ts'
import { observeBalance } from '../../sources/panel/observe-account.ts'
import { observeAdd } from '../../sources/panel/observe-writes.ts'
import { ALREADY_THERE } from '../../sources/write-failure.ts'
import { noAnswer } from './no-answer.ts'
import { judge } from '../engine/items.ts'
import { answerOf, evidenceOf, unknownLanding, type BatchContext, type ContextSource } from './context.ts'
import { parseRequest } from './requests.ts'
import { addIntentSchema, addRequestSchema, type AddRequest } from './write-requests.ts'

export async function processAdd(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
): Promise<readonly TransactionDraft[]> {
  const request = parseRequest(addRequestSchema, item)
  if (request.phase === 'intent') {
    await startAdd(context, source, item, request.ref)
    return []
  }
  const before = await findAdd(context.db, context.book, source.id, request.ref)
  if (before === null) throw unknownLanding(item, `order "${request.ref}"`)
  const told = next(context, before, request, item)
  const detail = request.phase === 'answer' ? await withOlder(context, source, told) : told.detail
  const after = { ...told, detail, evidence: evidenceOf(item) }
  await saveAdd(context.db, context.book, source.id, after)
  if (after.orderId !== null && before.orderId === null) await register(context, source, item, after, after.orderId)
  context.tally.add(after.state === 'unknown' ? 'excepted' : 'unchanged', source.currency, null)
  await follow(context, source, item, after)
  return []
}

async function startAdd(context: BatchContext, source: ContextSource, item: Landed, ref: string): Promise<void> {
  const { order, service, quantity, prices } = addIntentSchema.parse(JSON.parse(item.body.toString('utf8')))
  const rate = parseMoney(service.rate)
  if (rate.ok) {
    const { name, type, min, max } = service
    const row = { service: service.service, name, type, rate: rate.units, min: countOf(min), max: countOf(max) }
    const snapshot = { atMs: item.fetchedAtMs, evidence: evidenceOf(item), rates: [row], isWhole: false }
    await saveSnapshot(context.db, context.book, source.id, snapshot)
  }
  context.tally.add('unchanged', source.currency, null)
  await saveAdd(context.db, context.book, source.id, {
    ref,
    state: 'sent',
    service: service.service,
    parameters: JSON.stringify(order),
    quantity: countOf(quantity),
    expected: BigInt(prices[0]),
    prices: prices.map(BigInt),
    sentAtMs: item.fetchedAtMs,
    balanceBefore: null,
    balanceAfter: null,
    balanceDecimals: null,
    orderId: null,
    outcome: '',
    detail: 'sent; no answer is kept yet',
    evidence: evidenceOf(item),
  })
}

/** The row after one more item; pure. */
function next(
  context: BatchContext,
  add: PanelAdd,
  request: Exclude<AddRequest, { phase: 'intent' }>,
  item: Landed,
): PanelAdd {
  const answer = answerOf(context, item)
  switch (request.phase) {
    case 'balance': {
      const read = observeBalance(answer)
      if (read.kind !== 'balance') return add
      const balanceDecimals = Math.max(read.decimals, add.balanceDecimals ?? 0)
      if (request.moment === 'before') return { ...add, balanceBefore: read.balance, balanceDecimals }
      return witnessed({ ...add, balanceAfter: read.balance, balanceDecimals })
    }
    case 'answer': {
      const observed = observeAdd(answer)
      if (observed.kind === 'placed') {
        return { ...add, state: 'placed', orderId: observed.orderId, outcome: 'placed', detail: 'the panel placed it' }
      }
      const { kind: state, code: outcome, reason: detail } = observed
      return wantOfFunds({ ...add, state, outcome, detail })
    }
    case 'failed': {
      const state = request.mayHaveTakenEffect ? 'unknown' : 'refused'
      return { ...add, state, outcome: request.reason, detail: noAnswer(request.reason, item.body.toString('utf8')) }
    }
    case 'lost': {
      const detail = 'the program ended after the order was sent and before an answer was kept'
      return { ...add, state: 'unknown', outcome: 'lost', detail }
    }
    case 'resolved': {
      const { orderId, by = 'a person', why } = request
      const fate = orderId === null ? 'not placed' : `placed as ${orderId}`
      const detail = `${add.detail}; ${by} says: ${fate}${why === undefined ? '' : ` (${why})`}`
      return orderId === null ? { ...add, state: 'not-placed', detail } : { ...add, state: 'placed', orderId, detail }
    }
    case 'taken-back':
      return { ...add, state: 'unknown', orderId: null, detail: takenBackText(add, request) }
  }
}

/** Of an order or a campaign: that what was said of it is not so. */
export function takenBackText(
  { detail }: { readonly detail: string },
  { by, why }: { readonly by: string; readonly why: string },
): string {
  return `${detail.replace(/\.$/, '')}; ${by} takes that back (${why})`
}

/** A wallet that held the price once and not twice is what a second copy of the request is refused by, after the first was paid. */
function wantOfFunds(add: PanelAdd): PanelAdd {
  const { state, outcome, balanceBefore: before, balanceDecimals: decimals, prices } = add
  if (state !== 'refused' || outcome !== 'insufficient-balance' || before === null) return add
  if (!prices.some((price) => holdsOnce(before, decimals ?? 0, price))) return add
  const detail =
    `the panel refused it for want of funds, though the wallet held ${formatMoney(before)}, enough for one such order and ` +
    'not for two: the request may have come to it twice'
  return { ...add, state: 'unknown', detail }
}

/** Of more orders that run at once nobody is told which one the panel may mean. */
const MOST_RUNNING = 500

/**
 * The order from before that the panel may mean, for whoever looks there. It proves nothing: what told that it runs may be
 * an older answer, and once it is over the panel places the first copy of a request, and refuses the second one.
 */
async function withOlder({ db, book }: BatchContext, source: ContextSource, add: PanelAdd): Promise<string> {
  if (add.outcome !== ALREADY_THERE) return add.detail
  const running = await perhapsRunning(db, book, source.id, add.service, MOST_RUNNING)
  const older = running.find(({ parameters }) => pageOf(parameters) === pageOf(add.parameters))
  if (older === undefined) return add.detail
  const sent = `${new Date(older.sentAtMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`
  const which =
    older.orderId === null
      ? `order ${older.ref}, sent at ${sent} for the same page and service, may have been placed as well`
      : `order ${older.orderId} of the panel, placed from here at ${sent} for the same page and service, was not over when last asked about`
  return `${add.detail.replace(/\.$/, '')}; ${which}`
}

const pageSchema = z.object({ link: z.string().optional(), username: z.string().optional() })

/** What an order is for: a link, or whose posts. */
function pageOf(parameters: string): string {
  const { link, username } = pageSchema.parse(JSON.parse(parameters))
  return link ?? username ?? ''
}

/** What the wallet says about an order: for one without an id a witness, for a placed one whether it was charged as expected. */
function witnessed(add: PanelAdd): PanelAdd {
  const { balanceBefore: before, balanceAfter: after, balanceDecimals: decimals, prices } = add
  const movement = { before, after, decimals: decimals ?? 0, prices }
  const { sentence } = judgeWallet(movement)
  const detail = `${add.detail.replace(/\.$/, '')}; ${sentence}`
  if (add.state === 'placed') {
    return isChargedAsExpected(movement) ? add : { ...add, outcome: WALLET_DIFFERS, detail }
  }
  // A refusal after which the wallet has fallen is not believed, at whatever price.
  if (add.state === 'refused') return fallOf(add) > 0n ? { ...add, state: 'unknown', detail } : add
  // An unmoved wallet proves nothing: the panel may still be at work on what its proxy gave up on.
  return { ...add, detail }
}

/** Zero when the wallet was not read both before and after. */
function fallOf({ balanceBefore, balanceAfter }: PanelAdd): bigint {
  return balanceBefore === null || balanceAfter === null ? 0n : balanceBefore - balanceAfter
}

async function register(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  add: PanelAdd,
  orderId: string,
): Promise<void> {
  const known = (await findOrders(context.db, context.book, source.id, [orderId])).get(orderId)
  const order = known ?? newOrder(orderId, 'added', evidenceOf(item))
  await saveOrders(context.db, context.book, source.id, [
    {
      ...order,
      service: order.service ?? add.service,
      quantity: order.quantity ?? add.quantity,
      orderedAtMs: order.orderedAtMs ?? add.sentAtMs,
    },
  ])
}

async function follow(context: BatchContext, source: ContextSource, item: Landed, add: PanelAdd): Promise<void> {
  const object = `add:${add.ref}`
  const isOpen = add.state === 'unknown' || (add.state === 'placed' && add.outcome === WALLET_DIFFERS)
  const uncertain = {
    code: 'REQUEST_UNCERTAIN',
    object,
    amount: add.state === 'placed' ? add.expected - fallOf(add) : -add.expected,
    currency: source.currency,
    detail: `an order of ${formatMoney(add.expected)} for service ${add.service}: ${add.detail}`,
  } as const
  await judge(context, item, source.name, { about: [object], standing: isOpen ? [uncertain] : [] })
}

function countOf(text: string | null): bigint | null {
  return text === null ? null : BigInt(text)
}
