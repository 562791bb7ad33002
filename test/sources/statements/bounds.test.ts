/** What no reader lets through, whatever the format: days and figures of no statement, and characters no database keeps. */
import { describe, expect, it } from 'vitest'
import { open as openAny, refusalOf } from './open-support.ts'

const SIGN = { columns: { roles: {}, sign: 'in-positive' } } as const
const open = (text: string) => openAny(text, SIGN)
const csv = (...rows: readonly string[]): string => ['Date,Description,Amount', ...rows, ''].join('\n')

function payPal(subject: string, day = '2026-03-05', value = '9.00'): string {
  const transaction_info = {
    transaction_id: '1AB23456CD789012E',
    transaction_event_code: 'T0006',
    transaction_initiation_date: `${day}T04:03:52+0000`,
    transaction_updated_date: `${day}T04:03:52+0000`,
    transaction_amount: { currency_code: 'USD', value },
    transaction_status: 'S',
    transaction_subject: subject,
  }
  return JSON.stringify({ transaction_details: [{ transaction_info }] })
}

describe('a statement', () => {
  it.each([
    [csv('2026-03-05,A,1.00', '9999-12-31,B,-1.00'), 'line 3: the day 9999-12-31 is not between 1990-01-01 and 2100'],
    [csv('1989-12-31,A,1.00'), 'line 2: the day 1989-12-31 is not between'],
    [csv('2101-01-01,A,1.00'), 'line 2: the day 2101-01-01 is not between'],
    [csv('2026-03-05,A,9000000000.01'), 'line 2: the amount 9000000000.01 is larger than the 9000000000.00'],
    [csv('2026-03-05,A,-90000000000.00'), 'line 2: the amount -90000000000.00 is larger'],
    [
      csv(...['A', 'B', 'C', 'D'].map((name, at) => `2026-03-05,${name},${at % 2 === 0 ? '' : '-'}9000000000.00`)),
      'its lines come to 36000000000.00, and a file may move at most 30000000000.00',
    ],
    [payPal('late', '9999-12-31'), 'entry 1: the day 9999-12-31 is not between'],
    [payPal('much', '2026-03-05', '9000000000.01'), 'entry 1: the amount 9000000000.01 is larger'],
  ])('is refused where its figures cannot be: %#', (text, reason) => {
    expect(refusalOf(() => open(text))).toContain(`STATEMENT_UNREADABLE: statement.txt`)
    expect(refusalOf(() => open(text))).toContain(reason)
  })

  it('may hold the first and the last day, and the largest line', () => {
    const { sections } = open(csv('1990-01-01,A,1.00', '2100-12-31,B,9000000000.00'))
    expect(sections[0]?.lines).toHaveLength(2)
  })

  it('loses control characters and half letters, and says so', () => {
    const { sections, remarks } = open(payPal('or\u0000der\u001b[31m \ud800five'))
    const [line] = sections[0]?.lines ?? []
    expect(JSON.stringify([line?.description, line?.references])).toContain('order[31m \ufffdfive')
    expect(remarks).toContain('1 line has control characters in a text; they are left out.')
    expect(open(payPal('plain')).remarks.join(' ')).not.toContain('control')
  })
})
