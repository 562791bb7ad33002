/** Lands one reconciliation of the book and processes it. A book without money accounts and payouts has none. */
import type { IsoDate } from '../../domain/transaction.ts'
import type { ReconcileRequest } from '../process/reconcile.ts'
import { landAndProcess, type RunContext } from '../run-context.ts'

export const RECONCILE_STEP = 'reconcile'

export interface Reconciled {
  /** Transactions. */
  readonly posted: number
}

/** Null when there is nothing to reconcile by the settings in force. */
export async function reconcileNight(context: RunContext, day: IsoDate, reason: string): Promise<Reconciled | null> {
  if (context.processor.inForce?.settings.money === undefined) return null
  const request: ReconcileRequest = { day, reason }
  const landing = {
    kind: 'reconcile' as const,
    source: '',
    request: {},
    fetchedAtMs: context.clock.nowMs(),
    httpStatus: null,
    contentType: 'application/json',
    body: Buffer.from(JSON.stringify(request)),
  }
  const { posted } = await landAndProcess(context, RECONCILE_STEP, [landing])
  await context.finishStep(RECONCILE_STEP)
  return { posted }
}
