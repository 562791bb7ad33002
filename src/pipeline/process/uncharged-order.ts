/** An order after an answer that moves no money: a parent whose children carry the charges, or one the panel does not know. */
import { endedBefore, isFinal } from '../../domain/orders/order.ts'
import { nextPollAfterRefusalMs, nextPollMs } from '../../domain/orders/poll-schedule.ts'
import type { RegisteredOrder } from '../../evidence/registered-order.ts'
import { HELD_PARENT } from '../../evidence/registry.ts'
import type { Uncharged } from './status-answers.ts'

/** A parent moves through its statuses without money; an order the panel does not know is asked about ever more rarely. */
export function withoutCharge(before: RegisteredOrder, { status, timing, atMs }: Uncharged): RegisteredOrder {
  const { batch, item } = timing.evidence
  const order = { ...before, evidenceBatch: batch, evidenceItem: item }
  if (status === null) {
    const refusals = before.refusals + 1
    return { ...order, refusals, dueAtMs: nextPollAfterRefusalMs(before, timing.atMs, refusals) }
  }
  const terminalAtMs = isFinal(status) ? (endedBefore(before, atMs) ?? atMs) : null
  // Without a charge of its own there is nothing left to hold.
  const isHeld = before.pending === HELD_PARENT
  const claim = isHeld ? { pending: null, claimBatch: null, claimFromOpen: null } : {}
  const next = { ...order, ...claim, status, observedAtMs: atMs, terminalAtMs, refusals: 0 }
  return { ...next, dueAtMs: nextPollMs(next) }
}
