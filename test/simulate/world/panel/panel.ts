/**
 * A panel in the simulated world: its script with quirks, its wallet, its customers' people, and what is true of all that.
 * Sources: the vendor's document (panel-api.txt) and what real panels were seen to do (domain.md 1 and 2).
 */
import type { OpenException } from '../../oracles/books.ts'
import type { Part } from '../part.ts'
import { checkPanel } from './check.ts'
import { decide } from './decide.ts'
import { createPeople } from './people.ts'
import type { PanelPlan } from './plan.ts'
import { createVendor, type Vendor } from './vendor.ts'
import { createWire, STATUS_CODES } from './wire.ts'

const TELLING_FALLS = 3

export function createPanel(plan: PanelPlan): Part {
  const host = `${plan.name}.panel.test`
  const key = `KEY_${plan.name.toUpperCase().replaceAll('-', '_')}`
  const vendor = createVendor(plan)
  const people = createPeople(plan, vendor)
  return {
    name: plan.name,
    sites: [{ host, answer: createWire(plan, vendor), isWrite: ({ body }) => /\baction=add\b/.test(String(body)) }],
    config: { sources: [configOf(plan, host, key)] },
    env: { [key]: 'secret' },
    advance: vendor.advance,
    acts: (fromMs, throughMs, { books }) => people.acts(fromMs, throughMs, books),
    decide: (exception, books) => decide({ plan, vendor, people }, exception, books),
    asksRightly: (exception) => isUntold(plan, vendor, exception),
    check: (books, when) => checkPanel({ plan, vendor, people }, books, when),
  }
}

/** What is lowered is told of canceled and of partial orders apart, each from so many of them. */
function isUntold(plan: PanelPlan, vendor: Vendor, { source, code }: OpenException): boolean {
  if (source !== plan.name || !/^(CHARGE_SEMANTICS_AMBIGUOUS|MISSING_IN_BOOKS)$/.test(code)) return false
  const fallen = vendor.entries().filter(({ falls }) => falls.length > 0)
  const partial = fallen.filter((entry) => vendor.said(entry).status === 'Partial').length
  return plan.script.shows.cancel === 'net' && (partial < TELLING_FALLS || fallen.length - partial < TELLING_FALLS)
}

function configOf(
  { name, script, currency, isCurrencyKnown, chargeFromHistory, settlingDays }: PanelPlan,
  host: string,
  key: string,
): string {
  const lines = [
    `name: ${name}`,
    'type: panel',
    `baseUrl: http://${host}/api/v2`,
    `apiKey: { env: ${key} }`,
    `currency: ${currency}`,
    `timeZone: ${script.timeZone}`,
    'requestsPerMinute: 60000',
    'allowHigherRate: true',
    'scanRequestsPerMinute: 6000',
    `multiAction: ${script.multi}`,
  ]
  if (script.spelling === 'numbers') lines.push(`statusCodes: ${STATUS_CODES}`)
  if (script.currencyForm === 'VND' && isCurrencyKnown) lines.push('statusCurrency: VND')
  if (settlingDays !== undefined) lines.push(`refundRule: { settlingDays: ${settlingDays} }`)
  if (chargeFromHistory) lines.push('chargeFromHistory: true')
  return lines.join('\n')
}
