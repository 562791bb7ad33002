/**
 * Places one order: lands the wallet and the intent, sends once, lands the answer, lands the wallet again. Whatever
 * happens after the send (a timeout, a kill, a stop signal) leaves an order of unknown outcome and never a second one.
 */
import { InputError, InvariantError, TransientError } from '../../domain/errors.ts'
import { addsLike, findAdd, type PanelAdd } from '../../evidence/panel-adds.ts'
import type { NewLanding } from '../../log/landing.ts'
import { observeAdd } from '../../sources/panel/observe-writes.ts'
import type { PanelExchange } from '../../sources/panel/client.ts'
import { landAndProcess } from '../run-context.ts'
import type { RunEnvironment } from '../with-run.ts'
import { refuseLately, type Again } from './asked-twice.ts'
import type { AddIntent } from '../process/write-requests.ts'
import { addLanding, closeUnanswered, walletLanding } from './close-unanswered.ts'
import type { Quote } from './quote.ts'
import { outcomeLanding, textLanding } from './write-landing.ts'
import { landOutcome, withPanelWrite, type PanelWrite, type WriteRequest } from './write-run.ts'

/** The order's row once everything that could be learned has been. */
export function placePanelOrder(
  environment: RunEnvironment,
  request: WriteRequest & Again,
  quote: Quote,
): Promise<PanelAdd> {
  return withPanelWrite(environment, request, 'panel-add', async (write) => {
    await closeUnanswered(write.run, write)
    await refuseRepeated(write, quote, request.again === true)
    return place(write, quote)
  })
}

async function place(write: PanelWrite, quote: Quote): Promise<PanelAdd> {
  const { run, client, source } = write
  const ref = String(run.run.id)
  const before = await walletLanding(run, write, ref, 'before')
  if (before === null) {
    throw new TransientError(
      'WALLET_UNREAD',
      `The wallet of "${source}" could not be read, so nothing was sent.`,
      'Without the balance before, a lost answer could not be looked into. Try again.',
    )
  }
  const prices = possiblePrices(quote)
  const intent = textLanding(addLanding(run, source, { phase: 'intent', ref }), JSON.stringify(intentOf(quote, prices)))
  await landAndProcess(run, 'add', [intent, before])
  // From here on nothing is repeated and nothing is given up: the signal is not passed on.
  const exchange = await client.add(quote.order)
  const answer = outcomeLanding(addLanding(run, source, { ref }), exchange.outcome)
  await keep(write, exchange, answer)
  const after = await walletLanding({ ...run, signal: undefined }, write, ref, 'after')
  if (after !== null) await landOutcome(run, 'add', [after])
  const add = await findAdd(run.database.kysely, run.book.id, write.sourceId, ref)
  if (add === null) throw new RangeError(`order ${ref} was landed and is not there`)
  return add
}

/** The one moment at which an answer exists only in memory: if it cannot be written, the person must be told what it was. */
async function keep(write: PanelWrite, { outcome }: PanelExchange, answer: NewLanding): Promise<void> {
  try {
    await landOutcome(write.run, 'add', [answer])
  } catch (error) {
    if (outcome.kind === 'failed') throw error
    const { status: httpStatus, contentType, body } = outcome
    const observed = observeAdd({ httpStatus, contentType, body })
    const said = observed.kind === 'placed' ? `it was placed as order ${observed.orderId}` : observed.reason
    throw new InvariantError(
      'ANSWER_NOT_KEPT',
      `The panel answered order ${write.run.run.id}, but the answer could not be written down: ${said}`,
      'Put the database right; the next sync opens an exception about it, to be resolved as placed.',
      { cause: error },
    )
  }
}

/** The same order again while the first one's outcome is not known would be the second order nobody wants. */
async function refuseRepeated(write: PanelWrite, quote: Quote, again: boolean): Promise<void> {
  const { run, sourceId } = write
  const all = await addsLike(run.database.kysely, run.book.id, sourceId, JSON.stringify(quote.order))
  // Before anything else, and whatever was placed since: no flag allows for what may exist already.
  const same = all.find(({ state }) => state === 'sent' || state === 'unknown')
  if (same === undefined) {
    const placed = all.findLast(({ state }) => state === 'placed')
    if (placed !== undefined && !again) refuseLately('order', placed.sentAtMs, placed.orderId, run.clock.nowMs())
    return
  }
  throw new InputError(
    'ORDER_UNKNOWN',
    `Exactly this order was sent before (${same.ref}), and it is not known whether it was placed: ${same.detail}.`,
    `Look on the panel's site, then decide it as placed or not-placed: tieout todo --source ${write.source} names it.`,
  )
}

/** By the catalogue; a panel's document leaves the unit of some services open. */
function possiblePrices({ prices }: Quote): AddIntent['prices'] {
  const likeliest = prices[0].price
  const others = new Set(prices.map(({ price }) => price).filter((price) => price !== likeliest))
  return [String(likeliest), ...[...others].map(String)]
}

function intentOf({ order, service, quantity }: Quote, prices: AddIntent['prices']): AddIntent {
  return {
    order,
    service: {
      service: service.service,
      name: service.name,
      type: service.type,
      rate: service.rateText,
      min: service.min === null ? null : String(service.min),
      max: service.max === null ? null : String(service.max),
    },
    quantity: quantity === null ? null : String(quantity),
    prices,
  }
}
