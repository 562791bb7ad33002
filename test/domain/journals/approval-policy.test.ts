import { describe, expect, it } from 'vitest'
import { automaticRule, type AutomaticLimits } from '../../../src/domain/journals/approval-policy.ts'
import type { DraftJournal } from '../../../src/domain/journals/journal.ts'
import { unitsOf as units } from '../../../src/domain/money/money.ts'

function draft(debits: string, currency = 'USD', day = '2026-03-05'): DraftJournal {
  const amount = units(debits)
  const lines = [
    { account: '1310:p', exact: -amount, rounded: -amount },
    { account: '5100:p', exact: amount, rounded: amount },
  ]
  return { day, currency, lines }
}

const NONE: AutomaticLimits = {
  currency: 'USD',
  perEntry: null,
  perDay: null,
  approvedOfDay: new Map([['2026-03-05', units('400')]]),
  closed: null,
  differentApprover: false,
}
const ENTRY = { perEntry: units('500') }
const DAY = { perDay: units('1000') }
const CLOSED = { closed: { target: 'books', through: '2026-03-05' } }

describe('automatic approval', () => {
  it.each<[string, Partial<AutomaticLimits>, DraftJournal]>([
    ['without limits, whatever the amount and currency', {}, draft('9999999', 'EUR')],
    ['at the limit of an entry', ENTRY, draft('500')],
    ['at the limit of a day, with what was approved before', DAY, draft('600')],
    ['a day after the books were closed', CLOSED, draft('1', 'USD', '2026-03-06')],
    ['a day of which nothing was approved', DAY, draft('1000', 'USD', '2026-03-06')],
  ])('lets through %s', (_, limits, journal) => {
    expect(automaticRule({ ...NONE, ...limits })(journal)).toBeUndefined()
  })

  it.each<[Partial<AutomaticLimits>, DraftJournal, string]>([
    [ENTRY, draft('500.01'), 'its debits of 500.01 are above the limit of 500.00 per entry'],
    [
      DAY,
      draft('600.01'),
      'its debits and those approved before come to 1000.01, which is above the limit of 1000.00 per day',
    ],
    [DAY, draft('1000.01', 'USD', '2026-03-06'), 'its debits of 1000.01 are above the limit of 1000.00 per day'],
    [ENTRY, draft('1', 'EUR'), 'the limits are in USD, and nothing is converted for them'],
    [DAY, draft('1', 'EUR'), 'the limits are in USD, and nothing is converted for them'],
    [CLOSED, draft('1'), 'the books of target "books" are closed through 2026-03-05'],
    [{ differentApprover: true }, draft('1'), 'two people must prepare and approve it'],
  ])('leaves to a person what its limits or the books do not allow, case %#', (limits, journal, why) => {
    expect(automaticRule({ ...NONE, ...limits })(journal)).toEqual({
      cause: 'policy',
      unmapped: [],
      reason: `The ${journal.currency} journal of ${journal.day} waits for a person: ${why}.`,
    })
  })
})
