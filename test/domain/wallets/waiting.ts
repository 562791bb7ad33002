/** Waiting refunds for the rules of the wallet's proof, written down in a word each. */
import { unitsOf as units } from '../../../src/domain/money/money.ts'
import type { OrderState, RefundCase } from '../../../src/domain/orders/order.ts'
import type { PendingRefund } from '../../../src/domain/wallets/claim-amounts.ts'
import { NEVER_SEEN } from '../orders/never-seen.ts'

interface Claimed {
  readonly id: string
  readonly gross: string
  readonly charge?: string
  /** That the panel shows of charges. */
  readonly decimals?: number
  readonly refunded?: string
  readonly remains?: bigint | null
  readonly quantity?: bigint | null
  readonly pass?: number
  readonly isNew?: boolean
  /** What the wallet differed by at a cut before it can have been credited. */
  readonly stoodBefore?: string
}

const STATUS = { cancel: 'canceled', partial: 'partial', completion: 'completed' } as const

function waiting(refundCase: RefundCase, claimed: Claimed): PendingRefund {
  const { id, gross, charge = gross, refunded = '0', remains = null, quantity = null, pass = 1, isNew = true } = claimed
  const state: OrderState = {
    ...NEVER_SEEN,
    orderId: id,
    quantity,
    status: STATUS[refundCase],
    charge: units(charge),
    chargeDecimals: claimed.decimals ?? 5,
    remains,
    gross: units(gross),
    grossBasis: 'open',
    charged: units(gross),
    chargeVersion: 1,
    refunded: units(refunded),
    refundVersion: refunded === '0' ? 0 : 1,
    pending: 'REFUND_MISSING',
  }
  const stood = claimed.stoodBefore
  const notBefore = stood === undefined ? null : { batch: 7, differences: [units(stood)] }
  return { state, refundCase, pass, isNew, notBefore }
}

export function canceled(id: string, gross: string, more: Partial<Claimed> = {}): PendingRefund {
  return waiting('cancel', { id, gross, ...more })
}

export function partial(
  id: string,
  gross: string,
  share: readonly [bigint, bigint],
  more: Partial<Claimed> = {},
): PendingRefund {
  return waiting('partial', { id, gross, remains: share[0], quantity: share[1], ...more })
}

export function completed(
  id: string,
  gross: string,
  share: readonly [bigint, bigint],
  more: Partial<Claimed> = {},
): PendingRefund {
  return waiting('completion', { id, gross, remains: share[0], quantity: share[1], ...more })
}
