/** What leaves one account is expected on another: settled transfers become open items, and are withdrawn when undone. */
import { ruleOfLine } from '../../domain/matching/descriptor.ts'
import type { Landed } from '../../log/landing.ts'
import type { BatchContext } from './context.ts'
import type { Made } from './apply-matching.ts'
import { moneyAccounts, type PoolLine } from './match-pool.ts'
import { expectArrival } from './expect-arrival.ts'
import { objectOfLeaving } from './settlement-object.ts'
import type { Sides } from './settle-matches.ts'

export async function expectMoved(
  context: BatchContext,
  item: Landed,
  made: readonly Pick<Made, 'match'>[],
  { lines }: Pick<Sides, 'lines'>,
): Promise<void> {
  for (const { match } of made) {
    if (match.how.kind !== 'alone' || match.how.meaning !== 'transfer-out') continue
    for (const { ref, amount } of match.legs) {
      const line = lines.get(String(ref))
      if (line !== undefined) await expectLeft(context, item, line, amount)
    }
  }
}

/** `amount` is negative, or zero to take the expectation back. */
export async function expectLeft(context: BatchContext, item: Landed, line: PoolLine, amount: bigint): Promise<void> {
  const { settled, open, account, place } = line
  await expectArrival(context, item, open.type === 'settlement' ? 'settlement' : 'transfer', {
    object: await objectOfLeaving(context, line),
    // A fee the line states stays behind.
    amount: amount === 0n ? 0n : amount + (settled.fee ?? 0n) + (settled.tax ?? 0n),
    currency: settled.currency,
    date: settled.date,
    account: account.name,
    to: destination(context, line),
    references: open.references,
    evidence: place,
  })
}

/** The account that the rule which made it a transfer names. */
function destination(context: BatchContext, { account, open }: PoolLine): string | null {
  const rule = ruleOfLine(open, account)
  if (rule?.means !== 'transfer') return null
  return moneyAccounts(context).some(({ name }) => name === rule.of) ? rule.of : null
}
