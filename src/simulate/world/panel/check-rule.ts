/** What a panel whose refunds people made a rule of has come to, once everything was told and decided. */
import type { Finding } from '../part.ts'
import { amountText } from '../amounts.ts'
import type { Truth } from './check.ts'

/** Where each order was told and credited once, as it claims, and nothing else moved the wallet, nothing is left to explain. */
export function allExplained({ plan, people }: Truth, left: bigint): readonly Finding[] {
  const isPlain = plan.rules !== undefined && plan.wallet.length === 0 && plan.upgrade === undefined
  const areCredited = plan.orders.every(
    ({ id, creditAfterMs, againAfterMs }) => creditAfterMs === 0 && againAfterMs === null && people.told.has(id),
  )
  if (!isPlain || !areCredited || left === 0n) return []
  const says = `${plan.name}: ${amountText(left, 8)} of the wallet are explained by nothing`
  return [{ oracle: 'panel-never-explained', says }]
}
