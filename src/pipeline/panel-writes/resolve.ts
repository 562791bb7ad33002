/** A person's word about an order of unknown outcome: its id on the panel, which the panel must know, or that it was not placed. */
import { InputError, TransientError } from '../../domain/errors.ts'
import { formatMoney } from '../../domain/money/money.ts'
import { isChargedAsExpected } from '../../domain/wallets/wallet-movement.ts'
import { findAdd, isPlacedOrder, WALLET_DIFFERS, type PanelAdd } from '../../evidence/panel-adds.ts'
import { findOrders } from '../../evidence/registry.ts'
import { observeStatuses, type StatusRow } from '../../sources/panel/observe.ts'
import { landAndProcess } from '../run-context.ts'
import type { RunEnvironment } from '../with-run.ts'
import { addLanding, closeUnanswered } from './close-unanswered.ts'
import { textLanding } from './write-landing.ts'
import { withPanelWrite, type PanelWrite, type WriteRequest } from './write-run.ts'

export interface OrderWord {
  readonly ref: string
  /** Null for "not placed". */
  readonly orderId: string | null
  readonly by: string
  readonly why: string
}

export function resolveUnknown(
  environment: RunEnvironment,
  request: WriteRequest,
  { ref, orderId, by, why }: OrderWord,
): Promise<PanelAdd> {
  return withPanelWrite(environment, request, 'panel-resolve', async (write) => {
    const { run, source, sourceId } = write
    await closeUnanswered(run, write)
    const add = await findAdd(run.database.kysely, run.book.id, sourceId, ref)
    if (add === null || add.state !== 'unknown') throw notUnknown(source, ref, add)
    if (orderId !== null) warnOfCharge(write, add, await requireKnownOrder(write, orderId))
    const sentence = orderId === null ? `${by} says it was not placed` : `${by} says it is order ${orderId}`
    const landing = textLanding(addLanding(run, source, { phase: 'resolved', ref, orderId, by, why }), sentence)
    await landAndProcess(run, 'resolve', [landing])
    const resolved = await findAdd(run.database.kysely, run.book.id, sourceId, ref)
    return resolved ?? add
  })
}

export interface TakeBack {
  readonly ref: string
  readonly by: string
  readonly why: string
}

/** Takes back a decision about an order of unknown outcome: its item opens again. An order that it named stays registered. */
export function takeOrderWordBack(
  environment: RunEnvironment,
  request: WriteRequest,
  { ref, by, why }: TakeBack,
): Promise<PanelAdd> {
  return withPanelWrite(environment, request, 'panel-resolve', async ({ run, source, sourceId }) => {
    const add = await findAdd(run.database.kysely, run.book.id, sourceId, ref)
    if (add === null || !isSaid(add)) {
      const message = `Nobody has said of order ${ref} of "${source}" what became of it.`
      throw new InputError('NOTHING_TO_UNDO', message, 'tieout todo shows what waits.')
    }
    const landing = addLanding(run, source, { phase: 'taken-back', ref, by, why })
    await landAndProcess(run, 'resolve', [textLanding(landing, `${by} takes it back`)])
    return (await findAdd(run.database.kysely, run.book.id, sourceId, ref)) ?? add
  })
}

/** By a person: what the panel answered is an outcome of its own. */
function isSaid({ state, outcome }: PanelAdd): boolean {
  return state === 'not-placed' || (state === 'placed' && outcome !== 'placed' && outcome !== WALLET_DIFFERS)
}

function notUnknown(source: string, ref: string, add: PanelAdd | null): InputError {
  const message =
    add === null ? `"${source}" has no order ${ref}.` : `Order ${ref} is ${add.state}, so there is nothing to resolve.`
  return new InputError('ORDER_NOT_UNKNOWN', message, 'tieout todo shows what waits.')
}

/** An order of ours that is registered already cannot be this one, and one that the panel does not know cannot be any. */
async function requireKnownOrder({ run, client, source, sourceId }: PanelWrite, orderId: string): Promise<StatusRow> {
  const known = (await findOrders(run.database.kysely, run.book.id, sourceId, [orderId])).get(orderId)
  if (known?.origin === 'added' && (await isPlacedOrder(run.database.kysely, run.book.id, sourceId, orderId))) {
    throw new InputError(
      'ORDER_TAKEN',
      `Order ${orderId} is registered as another order placed from here.`,
      'Check the id on the panel.',
    )
  }
  const { outcome, request } = await client.status(orderId, run.signal)
  if (outcome.kind === 'failed') throw new TransientError('PANEL_UNREACHED', outcome.message, 'Nothing was changed.')
  if (request.action !== 'status') throw new RangeError('a status request was answered as another')
  const { status: httpStatus, contentType, body } = outcome
  const observed = observeStatuses(request, { httpStatus, contentType, body })
  if (observed.kind === 'bad-body') {
    throw new TransientError(
      'PANEL_UNREADABLE',
      `Order ${orderId} could not be checked: ${observed.reason}`,
      'Try again.',
    )
  }
  const [row] = observed.rows
  if (row?.kind === 'status' || row?.kind === 'bad') return row
  throw new InputError(
    'ORDER_NOT_THERE',
    `Panel "${source}" does not know order ${orderId}.`,
    'Check the id on its site.',
  )
}

/** A mistyped id is often another order of the same panel: its charge tells. A part refunded already may lower it. */
function warnOfCharge({ run, source, currency }: PanelWrite, { ref, prices }: PanelAdd, row: StatusRow): void {
  if (row.kind !== 'status' || row.charge === null) return
  const { charge, chargeDecimals, orderId } = row
  if (isChargedAsExpected({ before: charge, after: 0n, decimals: chargeDecimals, prices })) return
  const expected = prices.map((price) => formatMoney(price)).join(' or ')
  run.warn(
    source,
    `order ${orderId} was charged ${formatMoney(charge)} ${currency}, where order ${ref} should cost ${expected}. ` +
      'Make sure that it is the same order.',
  )
}
