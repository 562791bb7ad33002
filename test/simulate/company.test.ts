/** What a simulated company tells of a client that does what no client should do. */
import { describe, expect, it } from 'vitest'
import type { Policy } from './world/company/habits.ts'
import { planCompany } from './world/company/plan.ts'
import { createVendor } from './world/company/vendor.ts'

describe('a simulated company', () => {
  it.each(['quickbooks', 'xero'] as const)('tells of a key of %s that is used for two contents', async (vendor) => {
    const policy: Policy = {
      approval: 'review',
      differentApprover: false,
      closedPeriod: 'hold',
      changesTo: null,
      changesBefore: 1,
      perEntry: null,
      perDay: null,
    }
    const homes = [{ book: 'agency', policy }]
    const options = {
      seed: 1,
      name: 'books-1',
      startMs: 0,
      nights: 1,
      homes,
      habit: 'mixed' as const,
    }
    const company = createVendor({ ...planCompany(options), vendor }, () => 0)
    const path = vendor === 'quickbooks' ? '/quickbooks/v3/company/1/journalentry' : '/xero/api.xro/2.0/ManualJournals'
    const send = (body: string): Promise<unknown> =>
      company.answer(
        {
          method: vendor === 'quickbooks' ? 'POST' : 'PUT',
          url: new URL(`http://books-1.books.test${path}?requestid=k`),
          headers: {},
          body,
        },
        'good',
      )
    await send('{"a":1}')
    await send('{"a":1}')
    expect(company.misdeeds).toEqual([])
    await send('{"a":2}')
    expect(company.misdeeds).toEqual(['key k was used for two contents'])
  })
})
