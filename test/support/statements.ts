/** Statement lines and sections as a reader would give them, with what a test does not care about filled in. */
import type { StatementLine, StatementSection } from '../../src/domain/statements/statement.ts'

export function lineOf(said: Partial<StatementLine> & Pick<StatementLine, 'date' | 'amount'>): StatementLine {
  return {
    line: 1,
    externalId: null,
    atMs: null,
    gross: null,
    fee: null,
    tax: null,
    balance: null,
    type: 'payment',
    rawType: '',
    uncounted: null,
    references: [],
    group: null,
    counterparty: '',
    description: '',
    ...said,
  }
}

export function sectionOf(lines: readonly StatementLine[], said: Partial<StatementSection> = {}): StatementSection {
  return {
    accountNumber: null,
    currency: 'USD',
    opening: null,
    closing: null,
    lines,
    footing: { kind: 'unproven' },
    ...said,
  }
}
