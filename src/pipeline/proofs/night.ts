/** What a night says of its own proofs in one line: how many there were, and how many do not add up. */
import { isNone } from '../../domain/proofs/cash.ts'
import { proveMoney } from './prove.ts'
import type { ProofScope } from './scope.ts'

export interface NightProofs {
  /** Months of money accounts. */
  readonly cash: number
  /** Of these, with something unexplained. */
  readonly cashDiffering: number
  /** Without any balance of a statement to prove them by. */
  readonly cashUnproven: number
  readonly clearing: number
  readonly clearingDiffering: number
}

export async function nightProofs(scope: ProofScope): Promise<NightProofs> {
  const { cash, clearing, conversion } = await proveMoney(scope)
  const months = cash.flatMap((each) => each.months)
  const passing = [...clearing, ...(conversion?.currencies ?? [])]
  return {
    cash: months.length,
    cashDiffering: months.filter(({ unexplained }) => unexplained !== null && !isNone(unexplained)).length,
    cashUnproven: months.filter(({ unexplained }) => unexplained === null).length,
    clearing: passing.length,
    clearingDiffering: passing.filter(({ difference }) => difference !== 0n).length,
  }
}
