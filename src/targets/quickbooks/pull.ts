/**
 * What a QuickBooks company says about itself, inactive accounts included: a mapping that leads to one should be told so,
 * not that the account does not exist.
 */
import type * as z from 'zod'
import type { Company, CompanyAccount, CompanyDimension, CompanyEntity } from '../company.ts'
import type { Answer } from '../port.ts'
import { ask, nameOf, type QuickbooksOptions } from './exchange.ts'
import { readPreferences, type Preferences } from './preferences.ts'
import { queryAll, type Query } from './query.ts'
import { accountSchema, companyInfoSchema, namedSchema, type AccountFields, type NamedFields } from './schema.ts'

interface Listed<T> {
  readonly items: readonly T[]
  readonly texts: readonly string[]
}

const EVERY_ONE = 'Active in (true, false)'
const PAGE_ROWS = 1000
const NEEDS: Readonly<Record<string, CompanyAccount['needs']>> = {
  'Accounts Receivable': 'Customer',
  'Accounts Payable': 'Vendor',
}
/** Kept in one currency each; every other account takes all of them. */
const ONE_CURRENCY: ReadonlySet<string> = new Set(['Bank', 'Credit Card', 'Accounts Receivable', 'Accounts Payable'])

export async function pullCompany(options: QuickbooksOptions): Promise<Answer<Company>> {
  const preferences = await readPreferences(options)
  if (preferences.kind !== 'ok') return preferences
  const { hasClasses, hasDepartments } = preferences.value
  const info = await ask(options, { path: '/companyinfo/{realm}', body: null, what: 'company' })
  if (info.kind !== 'ok') return info
  const accounts = await list(options, 'Account', accountSchema)
  if (accounts.kind !== 'ok') return accounts
  const classes = hasClasses ? await list(options, 'Class', namedSchema) : NOTHING
  if (classes.kind !== 'ok') return classes
  const departments = hasDepartments ? await list(options, 'Department', namedSchema) : NOTHING
  if (departments.kind !== 'ok') return departments
  const customers = await list(options, 'Customer', namedSchema)
  if (customers.kind !== 'ok') return customers
  const vendors = await list(options, 'Vendor', namedSchema)
  if (vendors.kind !== 'ok') return vendors
  const lists = [accounts.value, classes.value, departments.value, customers.value, vendors.value]
  const { CompanyInfo } = companyInfoSchema.safeParse(info.value.json).data ?? {}
  const company = {
    id: info.value.companyId,
    name: CompanyInfo?.CompanyName ?? info.value.companyId,
    currency: preferences.value.homeCurrency,
    multiCurrency: preferences.value.multiCurrency,
    closedThrough: preferences.value.closedThrough,
    accounts: accounts.value.items.map((account) => toAccount(account, preferences.value)),
    taxRates: [],
    dimensions: [
      ...(hasClasses ? [toDimension('class', classes.value.items)] : []),
      ...(hasDepartments ? [toDimension('department', departments.value.items)] : []),
    ],
    entities: [
      ...customers.value.items.map((customer) => toEntity('Customer', customer)),
      ...vendors.value.items.map((vendor) => toEntity('Vendor', vendor)),
    ],
    raw: [info.value.text, preferences.value.text, ...lists.flatMap(({ texts }) => texts)],
  }
  return { kind: 'ok', value: company }
}

/** For what a company does not use: QuickBooks refuses to list classes where they are not turned on. */
const NOTHING: Answer<Listed<NamedFields>> = { kind: 'ok', value: { items: [], texts: [] } }

async function list<S extends z.ZodType>(
  options: QuickbooksOptions,
  entity: Query['entity'],
  schema: S,
): Promise<Answer<Listed<z.infer<S>>>> {
  const query = { entity, where: EVERY_ONE, pageRows: PAGE_ROWS, what: `list of ${entity}` }
  const found = await queryAll(options, query)
  if (found.kind !== 'ok') return found
  const items: z.infer<S>[] = []
  for (const row of found.value.rows) {
    const parsed = schema.safeParse(row)
    if (!parsed.success) {
      const message = `${nameOf(options.label)} lists an ${entity} that cannot be read (${parsed.error.issues[0]?.path.join('.') ?? ''}); nothing of the company is taken over.`
      return { kind: 'unknown', answered: true, message }
    }
    items.push(parsed.data)
  }
  return { kind: 'ok', value: { items, texts: found.value.texts } }
}

function toAccount(account: AccountFields, { homeCurrency, multiCurrency }: Preferences): CompanyAccount {
  const type = account.AccountType ?? ''
  const isActive = account.Active ?? true
  const needs = NEEDS[type] ?? null
  const currency = account.CurrencyRef?.value ?? homeCurrency
  // A bank account in the home currency also takes entries in others; receivables and payables take their own only.
  const isBound = multiCurrency && ONE_CURRENCY.has(type) && (needs !== null || currency !== homeCurrency)
  return {
    id: account.Id,
    name: nameIn(account),
    code: account.AcctNum ?? '',
    type,
    currency: isBound ? currency : null,
    isActive,
    refusal: refusalOf(type, isActive),
    needs,
  }
}

function refusalOf(type: string, isActive: boolean): string | null {
  if (!isActive) return 'It is inactive in QuickBooks: make it active there, or map to another account.'
  if (!/^non-?posting$/i.test(type)) return null
  return 'It is a non-posting account, which no journal entry moves: map to another account.'
}

function toDimension(name: string, values: readonly NamedFields[]): CompanyDimension {
  return {
    name,
    values: values.map((value) => ({ id: value.Id, name: nameIn(value), isActive: value.Active ?? true })),
  }
}

function toEntity(type: CompanyEntity['type'], entity: NamedFields): CompanyEntity {
  return { type, id: entity.Id, name: nameIn(entity), isActive: entity.Active ?? true }
}

/** "Parent:Sub" where there are parents; vendors have a display name only. */
function nameIn({ FullyQualifiedName, DisplayName, Name, Id }: NamedFields): string {
  return FullyQualifiedName ?? DisplayName ?? Name ?? Id
}
