/**
 * The ids by which a PayPal line is found from elsewhere, and the group of a conversion: the transaction it was made for.
 */
import type { LineType } from '../../../domain/statements/statement.ts'

export interface PayPalIds {
  readonly id: string
  readonly referenceId: string
  readonly others: readonly string[]
}

/** Empty texts are no ids. */
export function referencesOf(
  type: LineType,
  { id, referenceId, others }: PayPalIds,
): { readonly references: readonly string[]; readonly group: string | null } {
  const all = [referenceId, ...others].map((each) => each.trim()).filter((each) => each !== '' && each !== id)
  return { references: [...new Set(all)], group: type === 'conversion' && referenceId !== '' ? referenceId : null }
}
