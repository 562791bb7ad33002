import type { Company, CompanyAccount } from '../../../src/targets/company.ts'
import type { BuildContext, DeliverableJournal } from '../../../src/targets/build/build-entries.ts'
import { loadChart } from '../../../src/config/mappings.ts'
import { NO_RATES } from '../../../src/domain/money/rates.ts'
import type { TargetMapping, TargetPlace } from '../../../src/domain/journals/target-mapping.ts'

export const chart = loadChart('mappings/chart.yaml')

export function account(id: string, name: string, more: Partial<CompanyAccount> = {}): CompanyAccount {
  return {
    id,
    name,
    code: '',
    type: 'Expense',
    currency: null,
    isActive: true,
    refusal: null,
    needs: null,
    ...more,
  }
}

export function company(more: Partial<Company> = {}): Company {
  return {
    id: '9130',
    name: 'Acme Books',
    currency: 'USD',
    multiCurrency: true,
    closedThrough: null,
    accounts: [
      account('35', 'Wallets:Netpanel', { type: 'Other Current Asset' }),
      account('60', 'SMM services', { code: '5100' }),
      account('61', 'SMM refunds', { code: '5190' }),
    ],
    taxRates: [],
    dimensions: [],
    entities: [],
    raw: [],
    ...more,
  }
}

export function place(value: string, more: Partial<TargetPlace> = {}): TargetPlace {
  return { by: 'name', value, entity: null, tags: new Map(), ...more }
}

export function mapping(more: Partial<TargetMapping> = {}): TargetMapping {
  return {
    file: 'mappings/quickbooks.yaml',
    accounts: new Map([
      ['1310', place('Wallets:Netpanel')],
      ['5100', place('SMM services')],
      ['5190', place('SMM refunds')],
    ]),
    dimensions: [],
    ...more,
  }
}

export function context(more: Partial<BuildContext> = {}): BuildContext {
  return {
    target: { type: 'quickbooks', linesPerEntry: 250 },
    mapping: mapping(),
    company: company(),
    chart,
    rates: NO_RATES,
    dimensionSums: new Map(),
    policy: { closedPeriod: 'hold' },
    closedThrough: null,
    ...more,
  }
}

/** In cents of a two-decimal currency. */
export const cents = (count: number | bigint): bigint => BigInt(count) * 1_000_000n

export function journal(more: Partial<DeliverableJournal> = {}): DeliverableJournal {
  return {
    document: 'ACME-20261105-1',
    lastingId: '3F9A01BC',
    heads: '9:1a2b3c4d5e6f7a8b 5.1:9f8e7d6c5b4a3f2e',
    day: '2026-11-05',
    documentDate: '2026-11-05',
    currency: 'USD',
    status: 'approved',
    sequences: '1..9',
    reverses: null,
    replaces: null,
    lines: [
      { account: '1310:netpanel', exact: cents(-1234), rounded: cents(-1234) },
      { account: '5100:netpanel', exact: cents(1300), rounded: cents(1300) },
      { account: '5190:netpanel', exact: cents(-66), rounded: cents(-66) },
    ],
    ...more,
  }
}
