/** The answer as XML, which is what Xero gives to whoever does not ask for JSON. */
import { formatMoney } from '../../domain/money/money.ts'

const SINGULAR: Readonly<Record<string, string>> = {
  ManualJournals: 'ManualJournal',
  JournalLines: 'JournalLine',
  Elements: 'DataContractBase',
  ValidationErrors: 'ValidationError',
  Accounts: 'Account',
  TaxRates: 'TaxRate',
  TrackingCategories: 'TrackingCategory',
  Organisations: 'Organisation',
  Tracking: 'TrackingCategory',
  Options: 'Option',
}

export function xmlOf(root: string, body: Readonly<Record<string, unknown>>): string {
  return `<${root}>${members(body)}</${root}>`
}

function members(body: Readonly<Record<string, unknown>>): string {
  return Object.entries(body)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => element(name, value))
    .join('')
}

function element(name: string, value: unknown): string {
  if (typeof value === 'bigint') return `<${name}>${formatMoney(value)}</${name}>`
  if (Array.isArray(value)) {
    const single = SINGULAR[name] ?? 'Item'
    return `<${name}>${value.map((each: unknown) => element(single, each)).join('')}</${name}>`
  }
  // Neither a list nor null: any other object's members.
  if (typeof value === 'object') return `<${name}>${members(value as Readonly<Record<string, unknown>>)}</${name}>`
  const shown = typeof value === 'string' ? value : JSON.stringify(value)
  return `<${name}>${escape(shown)}</${name}>`
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
