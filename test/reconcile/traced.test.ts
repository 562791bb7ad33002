/** A line traced by the name its transactions carry shows its match and the person behind it. */
import { expect, it } from 'vitest'
import { findBook } from '../../src/ledger/books.ts'
import { parseSubject } from '../../src/pipeline/trace/subject.ts'
import { trace, type Trace } from '../../src/pipeline/trace/trace.ts'
import { describeOnSqlite } from '../support/databases.ts'
import { moneyBook } from './money-book.ts'

describeOnSqlite('the trace of a line', (fresh) => {
  it('says the same by its own name and by the name its transactions carry', async () => {
    const database = await fresh()
    const book = await moneyBook(database)
    await book.bank('bank', '2026-03-05,CUSTOMER X,150.00')
    await book.decide({ decide: 'settle', line: 1, meaning: 'income', by: 'Bea' })
    const held = await findBook(database.kysely, 'agency')
    const traced = (text: string): Promise<Trace> => {
      const subject = parseSubject(text, { sources: ['bank', 'paypal', 'pub'], panels: [] })
      return trace(database.kysely, held, subject, { limit: 20, night: null })
    }
    const { subject: asked, ...byAccount } = await traced('bank:line:1')
    const { subject: own, ...byNumber } = await traced('line:1')
    expect([asked.kind, own.kind]).toEqual(['object', 'line'])
    expect(byAccount).toEqual(byNumber)
    expect(byAccount.about.join('\n')).toContain('Bea')
    expect(byAccount.count).toBe(1)
    await expect(traced('paypal:line:1')).rejects.toThrow('hold nothing for "line:1" of paypal')
  })
})
