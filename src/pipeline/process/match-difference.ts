/** What a person's match makes of the difference between its lines and items. */
import { isOfBank } from '../../domain/matching/descriptor.ts'
import type { How } from '../../domain/matching/how.ts'
import type { Units } from '../../domain/money/money.ts'
import type { PoolLine } from './match-pool.ts'
import type { Residual } from './match-request.ts'

export type Difference = Extract<How, { kind: 'match' }>['difference']

/** `missing`: items less lines, or less their gross. */
export function differenceOf(
  residual: Exclude<Residual, 'open'>,
  lines: readonly PoolLine[],
  missing: Units,
): Difference {
  if (residual === 'written-off') return { kind: 'written-off' }
  const isBank = lines.every(({ account }) => isOfBank(account.type))
  const kind = residual === 'withholding' ? 'withholding' : isBank ? 'wire-fee' : 'payout-fee'
  return { kind: 'fee', parts: [{ kind, basisPoints: 0, flat: missing < 0n ? -missing : missing }] }
}
