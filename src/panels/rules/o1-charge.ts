/**
 * O1: an order costs the highest charge it showed, in a status or in an imported order list.
 *
 * A panel that refunds may lower the charge in its status, and a panel that corrects itself may raise it (reference: panel
 * scripts differ, and the panel's document does not say). So the highest charge is the cost, and a lower one is a refund
 * (O2). A charge above the first counts when a second answer repeats it, since a single high figure may be a mistake.
 */
import { lastPlace, type Units } from '../../domain/money/money.ts'

/** A charge as an answer or a list shows it; `decimals` as written. */
export interface ShownCharge {
  readonly charge: Units
  readonly decimals: number
}

/** The charges an order showed in statuses. All amounts in units of the wallet's currency. */
export interface ChargeHistory {
  /** The highest charge that counts; null while none was shown. */
  readonly highest: Units | null
  /** Of the latest answer with a charge. */
  readonly latest: Units | null
  /** The charge that counts as the latest while the order is open: a fall counts when it is repeated. */
  readonly confirmed: Units | null
  readonly decimals: number
}

export const NO_CHARGES: ChargeHistory = { highest: null, latest: null, confirmed: null, decimals: 0 }

/** One more answer. `ended`: the order is finished, so a lower charge counts at once. */
export function showCharge(before: ChargeHistory, shown: ShownCharge, ended: boolean): ChargeHistory {
  const { charge, decimals } = shown
  const { highest, latest } = before
  if (highest === null || latest === null) return { highest: charge, latest: charge, confirmed: charge, decimals }
  const repeated = charge < latest ? charge : latest
  const raised = repeated > highest ? repeated : highest
  const lowered = ended ? charge : charge > latest ? charge : latest
  return { highest: raised, latest: charge, confirmed: lowered < raised ? lowered : raised, decimals }
}

/**
 * What the order costs, or null when neither a status nor a list showed a charge: unknown, never zero (O6). A list that
 * writes fewer decimals than the status shows the same charge rounded, which is no higher charge.
 */
export function costOf(shown: ChargeHistory, listed: ShownCharge | null): Units | null {
  const { highest } = shown
  if (listed === null) return highest
  if (highest === null) return listed.charge
  const isRounded = listed.decimals < shown.decimals && listed.charge - highest < lastPlace(listed.decimals)
  return isRounded || listed.charge < highest ? highest : listed.charge
}
