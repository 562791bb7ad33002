/**
 * A PayPal line before it is settled whether it moved the balance. Mostly its words say so; holds, authorizations and odd
 * statuses are unsure, and the printed balances decide (settle.ts).
 */
import type { StatementLine, Uncounted } from '../../../domain/statements/statement.ts'
import type { CodeMeaning } from './t-codes.ts'
import { meaningOfImpact, meaningOfStatus } from './words.ts'

export interface Standing {
  /** What it is taken for unless balances say otherwise: null moved money; 'unknown' must be proven. */
  readonly uncounted: Uncounted | null | 'unknown'
  readonly isCertain: boolean
  /** Why it is not counted, when balances show that it moved nothing. */
  readonly ifNot: Uncounted
}

export interface PayPalDraft {
  readonly line: Omit<StatementLine, 'uncounted'>
  readonly currency: string
  readonly standing: Standing
  readonly status: string
}

export function standingOf(meaning: CodeMeaning, status: string, impact: string): Standing {
  const ifNot: Uncounted =
    meaning.moves === 'held-money' ? 'hold' : meaning.moves === 'nothing' ? 'memo' : 'information'
  const moved = meaningOfImpact(impact)
  if (moved === 'memo') return { uncounted: 'memo', isCertain: true, ifNot: 'memo' }
  const state = meaningOfStatus(status)
  if (state === 'pending' || state === 'denied') return { uncounted: state, isCertain: false, ifNot: state }
  if (moved === 'moved') return { uncounted: null, isCertain: true, ifNot }
  if (meaning.moves === 'nothing') return { uncounted: 'memo', isCertain: false, ifNot }
  if (meaning.moves === 'held-money') return { uncounted: null, isCertain: false, ifNot }
  return state === 'done'
    ? { uncounted: null, isCertain: true, ifNot }
    : { uncounted: 'unknown', isCertain: false, ifNot }
}
