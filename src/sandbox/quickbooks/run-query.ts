/**
 * Answers a parsed query from a company. Lists show what is active unless the query names Active, as the service does;
 * deleted entries are never found.
 */
import type { QuickbooksCompany } from './company.ts'
import { refuse, type Checked } from './fault-body.ts'
import type { Condition, Query } from './query.ts'
import { accountView, companyInfoView, entryView, instant, listView, nameView, preferencesView } from './view.ts'

type View = Readonly<Record<string, unknown>>

interface Row {
  /** What can be filtered and sorted by, as text. */
  readonly keys: Readonly<Record<string, string>>
  readonly view: () => View
}

const ENTRY_KEYS = ['Id', 'DocNumber', 'TxnDate', 'MetaData.CreateTime', 'MetaData.LastUpdatedTime']
const LIST_KEYS = ['Id', 'Name', 'DisplayName', 'FullyQualifiedName', 'Active', 'AccountType', 'AcctNum']

const ROWS: Readonly<Record<string, (company: QuickbooksCompany) => readonly Row[]>> = {
  JournalEntry: entryRows,
  Account: accountRows,
  Customer: (company) => nameRows(company.customers),
  Vendor: (company) => nameRows(company.vendors),
  Class: (company) => listRows(company.classes),
  Department: (company) => listRows(company.departments),
  CompanyInfo: (company) => [{ keys: { Id: '1' }, view: () => companyInfoView(company) }],
  Preferences: (company) => [{ keys: { Id: '1' }, view: () => preferencesView(company) }],
}

/** The `QueryResponse`. */
export function runQuery(company: QuickbooksCompany, query: Query): Checked<View> {
  const rowsOf = ROWS[query.entity]
  if (rowsOf === undefined)
    return refuse('4001', `QueryValidationError: ${query.entity} is no entity that can be queried`)
  const known = query.entity === 'JournalEntry' ? ENTRY_KEYS : LIST_KEYS
  const fields = [
    ...query.conditions.map(({ field }) => field),
    ...(query.orderBy === null ? [] : [query.orderBy.field]),
  ]
  const unknown = fields.find((field) => !known.includes(field))
  if (unknown !== undefined) {
    return refuse('4001', `QueryValidationError: property '${unknown}' is not queryable for ${query.entity}`)
  }
  const namesActive = query.conditions.some(({ field }) => field === 'Active')
  const rows = rowsOf(company)
    .filter(({ keys }) => namesActive || keys['Active'] !== 'false')
    .filter(({ keys }) => query.conditions.every((condition) => holds(condition, keys[condition.field])))
  if (query.isCount) return { ok: true, value: { totalCount: rows.length } }
  const page = sorted(rows, query.orderBy).slice(query.start - 1, query.start - 1 + query.limit)
  if (page.length === 0) return { ok: true, value: {} }
  const found = page.map(({ view }) => view())
  return { ok: true, value: { [query.entity]: found, startPosition: query.start, maxResults: found.length } }
}

function entryRows(company: QuickbooksCompany): readonly Row[] {
  return [...company.entries.values()]
    .filter(({ isDeleted }) => !isDeleted)
    .map((entry) => ({
      keys: {
        Id: entry.id,
        DocNumber: entry.document ?? '',
        TxnDate: entry.date,
        'MetaData.CreateTime': instant(entry.createdMs),
        'MetaData.LastUpdatedTime': instant(entry.updatedMs),
      },
      view: () => entryView(company, entry),
    }))
}

function accountRows(company: QuickbooksCompany): readonly Row[] {
  return company.accounts.map((account) => ({
    keys: {
      Id: account.id,
      Name: account.name,
      FullyQualifiedName: account.fullName,
      Active: String(account.active),
      AccountType: account.type,
      AcctNum: account.number,
    },
    view: () => accountView(company, account),
  }))
}

function nameRows(names: QuickbooksCompany['customers']): readonly Row[] {
  return names.map((name) => ({
    keys: { Id: name.id, DisplayName: name.name, Active: String(name.active) },
    view: () => nameView(name),
  }))
}

function listRows(items: QuickbooksCompany['classes']): readonly Row[] {
  return items.map((item) => ({
    keys: { Id: item.id, Name: item.name, FullyQualifiedName: item.name, Active: String(item.active) },
    view: () => listView(item),
  }))
}

function holds({ field, operator, values }: Condition, key: string | undefined): boolean {
  if (key === undefined) return false
  const [first = ''] = values
  switch (operator) {
    case '=':
      return compare(field, key, first) === 0
    case 'IN':
      return values.some((value) => compare(field, key, value) === 0)
    case 'LIKE':
      return like(first).test(key)
    case '<':
      return compare(field, key, first) < 0
    case '>':
      return compare(field, key, first) > 0
    case '<=':
      return compare(field, key, first) <= 0
    case '>=':
      return compare(field, key, first) >= 0
  }
}

/** Ids by number, instants as instants with any offset, everything else as text. */
function compare(field: string, left: string, right: string): number {
  if (field === 'Id') return Number(BigInt(left) - BigInt(/^\d+$/.test(right) ? right : '0'))
  if (field.startsWith('MetaData.')) return Date.parse(left) - Date.parse(right)
  if (left === right) return 0
  return left < right ? -1 : 1
}

function like(pattern: string): RegExp {
  const parts = pattern.split('%').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
  return new RegExp(`^${parts.join('.*')}$`, 'is')
}

function sorted(rows: readonly Row[], order: Query['orderBy']): readonly Row[] {
  const field = order?.field ?? 'Id'
  const sign = order?.isDescending === true ? -1 : 1
  return rows.toSorted((a, b) => sign * compare(field, a.keys[field] ?? '', b.keys[field] ?? ''))
}
