/**
 * From a JournalEntry, as it was sent or as QuickBooks holds it, to the neutral entry that both can be compared in.
 * Lines are read all or none. Which field becomes what: MAPPING.md.
 */
import { jsonTextOf } from '../../domain/json.ts'
import { parseMoney, type Units } from '../../domain/money/money.ts'
import type { EntryDimension, EntryLine, RemoteEntry, RemoteStatus, TargetEntry } from '../entry.ts'
import { entrySchema, envelopeSchema, remoteSchema, type EntryFields } from './schema.ts'

export type Read<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string }

type LineFields = NonNullable<EntryFields['Line']>[number]
type DetailFields = NonNullable<LineFields['JournalEntryLineDetail']>

const SIGNS = new Map<string, bigint>([
  ['debit', 1n],
  ['credit', -1n],
])

const STATUSES: Readonly<Record<string, RemoteStatus>> = { deleted: 'deleted', voided: 'voided', draft: 'draft' }

/** Of the JSON of `parseJsonExact`. `home` is the company's currency, which an entry of it may leave out. */
export function readRemoteEntry(json: unknown, home: string): Read<RemoteEntry> {
  const parsed = remoteSchema.safeParse(json)
  if (!parsed.success) return unreadable(parsed.error.issues[0])
  const { Id, SyncToken, status } = parsed.data
  const entry = toEntry(parsed.data, home)
  if (!entry.ok) return { ok: false, reason: `entry ${Id}: ${entry.reason}` }
  const remote = {
    ...entry.value,
    remoteId: Id,
    version: SyncToken ?? '',
    status: statusOf(status),
    raw: jsonTextOf(json),
  } as const
  return { ok: true, value: remote }
}

function statusOf(status: string | null | undefined): RemoteStatus {
  return STATUSES[(status ?? '').toLowerCase()] ?? 'posted'
}

/**
 * The same, and an entry whose lines cannot be read as one without any: it is there, it is not what we sent, and somebody
 * else's odd entry must not hide all others. Not ok only when there is no id.
 */
export function readListedEntry(json: unknown, home: string): Read<RemoteEntry> {
  const whole = readRemoteEntry(json, home)
  if (whole.ok) return whole
  const parsed = envelopeSchema.safeParse(json)
  if (!parsed.success) return unreadable(parsed.error.issues[0])
  const { Id, SyncToken, status, DocNumber, TxnDate, PrivateNote } = parsed.data
  const remote = {
    document: DocNumber ?? '',
    date: TxnDate ?? '',
    currency: '',
    exchangeRate: null,
    memo: PrivateNote ?? '',
    lines: [],
    remoteId: Id,
    version: SyncToken ?? '',
    status: statusOf(status),
    raw: jsonTextOf(json),
  } as const
  return { ok: true, value: remote }
}

/** The same of a request body, which has no id yet. */
export function readSentEntry(json: unknown): Read<TargetEntry> {
  const parsed = entrySchema.safeParse(json)
  return parsed.success ? toEntry(parsed.data, '') : unreadable(parsed.error.issues[0])
}

function unreadable(issue: { readonly path: readonly PropertyKey[]; readonly message: string } | undefined) {
  const reason = issue === undefined ? 'no detail' : `${issue.path.map(String).join('.')}: ${issue.message}`
  return { ok: false, reason } as const
}

function toEntry(fields: EntryFields, home: string): Read<TargetEntry> {
  const lines: EntryLine[] = []
  for (const [index, each] of (fields.Line ?? []).entries()) {
    const line = toLine(each)
    if (!line.ok) return { ok: false, reason: `line ${index + 1} ${line.reason}` }
    lines.push(...line.value)
  }
  for (const tax of fields.TxnTaxDetail?.TaxLine ?? []) {
    const amount = toUnits(tax.Amount)
    if (amount === null) return { ok: false, reason: 'a tax line has no readable amount' }
    const account = `tax:${tax.TaxLineDetail?.TaxRateRef?.value ?? ''}`
    if (amount !== 0n) lines.push({ account, amount, description: '', dimensions: [], entity: null })
  }
  const rate = plainRate(fields.ExchangeRate ?? '1')
  const entry = {
    document: fields.DocNumber ?? '',
    date: fields.TxnDate ?? '',
    currency: fields.CurrencyRef?.value ?? home,
    exchangeRate: rate === '1' ? null : rate,
    memo: fields.PrivateNote ?? '',
    lines,
  }
  return { ok: true, value: entry }
}

/** None for a line that moves nothing: a description, a subtotal, or a zero somebody typed in. */
function toLine({ Amount, Description, JournalEntryLineDetail: detail }: LineFields): Read<readonly EntryLine[]> {
  if (detail === undefined || detail === null) return { ok: true, value: [] }
  const sign = SIGNS.get(detail.PostingType.toLowerCase())
  if (sign === undefined) return { ok: false, reason: `is posted as "${detail.PostingType}"` }
  const amount = toUnits(Amount)
  if (amount === null) return { ok: false, reason: 'has no readable amount' }
  if (amount === 0n) return { ok: true, value: [] }
  const line = {
    account: detail.AccountRef.value,
    amount: sign * amount,
    description: Description ?? '',
    dimensions: toDimensions(detail),
    entity: toEntity(detail),
  }
  return { ok: true, value: [line] }
}

function toUnits(text: string | null | undefined): Units | null {
  const money = parseMoney(text ?? '')
  return money.ok ? money.units : null
}

function toDimensions({ ClassRef, DepartmentRef }: DetailFields): readonly EntryDimension[] {
  return [
    { name: 'class', value: ClassRef?.value ?? '' },
    { name: 'department', value: DepartmentRef?.value ?? '' },
  ].filter(({ value }) => value !== '')
}

/** Whom else a person may have named (an employee) has no meaning on the accounts we post to. */
function toEntity({ Entity }: DetailFields): EntryLine['entity'] {
  const id = Entity?.EntityRef?.value
  const type = Entity?.Type
  if (id === undefined || (type !== 'Customer' && type !== 'Vendor')) return null
  return { type, id }
}

/** 1.0840 and 1.084 are one rate, and both vendors and people write it either way. */
export function plainRate(text: string): string {
  const match = /^0*(\d+)(?:\.(\d*?)0*)?$/.exec(text)
  if (match === null) return text
  const [, whole = '', fraction = ''] = match
  return fraction === '' ? whole : `${whole}.${fraction}`
}
