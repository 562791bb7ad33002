/** Simulated companies: a kind world finds nothing, and what the books say does not hang on the order of an evening. */
import { describe, expect, it } from 'vitest'
import { runPlan } from './run-plan.ts'
import { createVendor } from './world/company/vendor.ts'
import type { Policy } from './world/company/habits.ts'
import { planCompany } from './world/company/plan.ts'
import { planRun, withCompanies, type Plan } from './world/plan.ts'

const NIGHTS = 4

function kindWorld(seed: number): Plan {
  const plan = planRun({ seed, nights: NIGHTS, lite: true })
  const hasCompany = plan.parts.some(({ kind }) => kind === 'company')
  const whole = hasCompany ? plan : withCompanies(plan, true)
  return { ...whole, rates: {}, operator: whole.operator.filter(({ kind }) => kind === 'policy') }
}

describe('a simulated company', () => {
  it.each([2, 5, 48])(
    'holds every journal once in a kind world, in whatever order things come (seed %i)',
    async (seed) => {
      const plan = kindWorld(seed)
      const once = await runPlan(plan)
      const backwards = await runPlan({ ...plan, arrival: 'backwards' })
      // What waits for a person about a panel is other tests' matter.
      const findings = [...once.findings, ...backwards.findings]
      expect(findings.filter(({ oracle }) => !oracle.startsWith('waits'))).toEqual([])
      expect(backwards.digest).not.toBe(once.digest)
      expect(backwards.booksDigest).toBe(once.booksDigest)
    },
  )

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
      keepsRates: true,
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
