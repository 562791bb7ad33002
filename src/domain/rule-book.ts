/**
 * The numbers that postings carry, each with the sentence that a trace prints. docs/rules.md has the whole of each rule with
 * worked cases; a test holds that it knows the same numbers.
 */
export const RULE_BOOK = {
  O1: 'An order costs the highest charge it showed, on the day it was placed, else first seen.',
  O3: 'A refund is owed before it is paid: what the latest answer about the order says, less what was owed before.',
  O6: 'A charge that the panel does not show is unknown: what was booked of it is taken back until it is known.',
  W0: 'A wallet begins with the balance stated for a day, or with its first look; orders placed before are in it.',
  W2: 'What a wallet gained beyond its charges and top-ups pays the refunds that are owed.',
  W3: 'Up to one unit of the last decimal per refund paid that night is rounding.',
  W4: 'What a wallet lost beyond its known orders is unlisted spend, as the source is configured.',
  T1: 'A top-up is in transit from the day the bank shows it until the wallet does; an ad wallet has it the same day.',
  C0: 'A counter begins with its first reading or a stated one; what was unpaid then is the opening receivable.',
  C1: 'The difference to the last accepted reading counts on the vendor day that ended.',
  C2: 'A reading that did not move as usual waits for a person; nothing of it is booked.',
  C4: 'A person said what a reading was; the readings since were judged again.',
  C5: 'A payout on record explains that the counter fell.',
  P1: 'At a cut-off, or when it is stated, what is unpaid becomes a payout that is due.',
  P2: 'A line of the network settles what is due, else what is accrued; what it is short of stays due.',
  P3: 'A payout that came back is owed again.',
  M1: 'A rule of the account, or the statement itself, says what the line is.',
  M2: 'The line and what was expected name the same reference.',
  M3: 'The line has the amount and the counterparty of what was expected.',
  M4: 'The line has the amount that was expected but for the fee that the account states.',
  M5: 'A person said what the line is, or took a match back.',
  S5: 'Rows of one settlement leave together and are expected at the bank.',
  B1: 'Credit that a vendor gave is deferred, and lowers the cost as the money it came with is used, oldest first.',
  B2: 'What is paid or clawed back beyond what was earned is a debt until it is earned again.',
  B3: 'A share of the month is set aside for chargebacks at its end and released on the next night.',
  E1: 'A file states it.',
  X1: 'A person said what the difference was.',
} as const satisfies Readonly<Record<string, string>>

export type RuleNumber = keyof typeof RULE_BOOK

const SENTENCES: Readonly<Record<string, string>> = RULE_BOOK

/** "W2: What a wallet gained …"; of a number that only a newer program knows, the number. */
export function ruleSentence(rule: string): string {
  const sentence = SENTENCES[rule]
  return sentence === undefined ? rule : `${rule}: ${sentence}`
}
