/**
 * Lands one reconciliation of the book and processes it, and then the proofs of what it came to. A book without money
 * accounts and payouts has neither.
 */
import type { IsoDate } from '../../domain/transaction.ts'
import type { ProofsRequest } from '../process/proofs.ts'
import type { ReconcileRequest } from '../process/reconcile.ts'
import type { NewLanding } from '../../log/landing.ts'
import { landAndProcess, type RunContext } from '../run-context.ts'

export const RECONCILE_STEP = 'reconcile'
const PROOFS_STEP = 'proofs'

export interface Reconciled {
  /** Transactions. */
  readonly posted: number
  /** Why nothing was reconciled, though it was tried; it is an exception as well. */
  readonly failed: string | null
}

/** Null when there is nothing to reconcile by the settings in force. */
export async function reconcileNight(context: RunContext, day: IsoDate, reason: string): Promise<Reconciled | null> {
  if (context.processor.inForce?.settings.money === undefined) return null
  const request: ReconcileRequest = { day, reason }
  const { posted, setAside } = await landAndProcess(context, RECONCILE_STEP, [landingOf(context, 'reconcile', request)])
  await context.finishStep(RECONCILE_STEP)
  const proofs: ProofsRequest = { day }
  await landAndProcess(context, PROOFS_STEP, [landingOf(context, 'proofs', proofs)])
  await context.finishStep(PROOFS_STEP)
  return { posted, failed: setAside }
}

function landingOf({ clock }: RunContext, kind: 'reconcile' | 'proofs', request: unknown): NewLanding {
  return {
    kind,
    source: '',
    request: {},
    fetchedAtMs: clock.nowMs(),
    httpStatus: null,
    contentType: 'application/json',
    body: Buffer.from(JSON.stringify(request)),
  }
}
