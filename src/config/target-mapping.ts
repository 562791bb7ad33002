/** From the checked mapping files of QuickBooks and Xero to what file exports and what deliveries look accounts up in. */
import type { QuickbooksMapping, XeroMapping } from '../domain/accounts.ts'
import type { DimensionRule, TargetMapping, TargetPlace } from '../domain/journals/target-mapping.ts'
import type { MappingFile } from './mapping-file.ts'
import type { ParsedQuickbooks, ParsedXero } from './mapping-schema.ts'

/** Files name accounts by their full name, so an account given by its number alone is not in here. */
export function quickbooksNames({ file, value }: MappingFile<ParsedQuickbooks>): QuickbooksMapping {
  const names = Object.entries(value.accounts).flatMap(([key, account]) => {
    const name = typeof account === 'string' ? account : account.name
    return name === undefined ? [] : [[key, name] as const]
  })
  return { file, accounts: new Map(names) }
}

export function quickbooksDelivery({ file, value }: MappingFile<ParsedQuickbooks>): TargetMapping {
  const places = Object.entries(value.accounts).map(([key, account]) => [key, quickbooksPlace(account)] as const)
  return { file, accounts: new Map(places), dimensions: rulesOf(value.dimensions) }
}

function quickbooksPlace(account: ParsedQuickbooks['accounts'][string]): TargetPlace {
  if (typeof account === 'string') return { by: 'name', value: account, entity: null, tags: new Map() }
  const { name, number = '', entity = null, class: className, department } = account
  const tags = Object.entries({ class: className, department }).flatMap(([dimension, value]) =>
    value === undefined ? [] : [[dimension, value] as const],
  )
  const way = name === undefined ? { by: 'number' as const, value: number } : { by: 'name' as const, value: name }
  return { ...way, entity, tags: new Map(tags) }
}

export function xeroCodes({ file, value }: MappingFile<ParsedXero>): XeroMapping {
  const accounts = Object.entries(value.accounts).map(
    ([key, { code, taxRate = value.taxRate }]) => [key, { code, taxRate }] as const,
  )
  return { file, currency: value.currency, accounts: new Map(accounts) }
}

export function xeroDelivery({ file, value }: MappingFile<ParsedXero>): TargetMapping {
  const places = Object.entries(value.accounts).map(([key, { code, tracking }]) => {
    const place: TargetPlace = { by: 'code', value: code, entity: null, tags: new Map(Object.entries(tracking)) }
    return [key, place] as const
  })
  return { file, accounts: new Map(places), dimensions: rulesOf(value.dimensions) }
}

function rulesOf(
  dimensions: Readonly<Record<string, ParsedXero['dimensions'][string] | undefined>>,
): readonly DimensionRule[] {
  return Object.entries(dimensions).flatMap(([name, rule]) => {
    if (rule === undefined) return []
    const accounts = rule.accounts === undefined ? null : new Set(rule.accounts)
    return [
      { name, from: rule.from, values: new Map(Object.entries(rule.values)), fallback: rule.default ?? null, accounts },
    ]
  })
}
