/**
 * From a landed balance answer to the wallet's control total. Every proof ends in it, so an answer without a readable
 * balance is 'bad', never zero.
 */
import { parseJsonExact, repeatedKeyOf } from '../../domain/json.ts'
import { parseMoney, type Units } from '../../domain/money/money.ts'
import type { BadBody, LandedAnswer } from '../answer.ts'
import { firstIssue } from '../issues.ts'
import { readPanelJson } from './answers.ts'
import { currencyOf } from './fields.ts'
import { exact, plain } from './schema.ts'

export type BalanceObservation =
  | {
      readonly kind: 'balance'
      readonly balance: Units
      readonly decimals: number
      readonly text: string
      readonly currency: string | null
    }
  | { readonly kind: 'bad'; readonly reason: string }
  | BadBody

export function observeBalance(answer: LandedAnswer): BalanceObservation {
  const read = readPanelJson(answer)
  if (read.kind === 'bad-body') return read
  // Of answers landed before every answer was judged so.
  if (answer.limits === null && repeatedKeyOf(read.text) !== null)
    return { kind: 'bad', reason: 'the balance answer says the same thing twice; which one counts cannot be told' }
  const quick = plain.balance.safeParse(read.value)
  const fields = quick.success ? quick : exact.balance.safeParse(parseJsonExact(read.text))
  if (!fields.success)
    return { kind: 'bad', reason: `the balance answer has an unexpected shape: ${firstIssue(fields.error)}` }
  const text = fields.data.balance?.trim() ?? ''
  if (text === '') return { kind: 'bad', reason: 'the balance answer has no balance' }
  const parsed = parseMoney(text)
  if (!parsed.ok) return { kind: 'bad', reason: `the balance cannot be read: ${parsed.reason}` }
  return {
    kind: 'balance',
    balance: parsed.units,
    decimals: parsed.decimals,
    text,
    currency: currencyOf(fields.data.currency),
  }
}
