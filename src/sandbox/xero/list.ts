/** `GET ManualJournals`: filtered, ordered, paged. Lines come only with a page or a single journal. */
import { badQuery, notFound, type XeroAnswer } from './errors.ts'
import type { XeroJournal, XeroOrganisation } from './organisation.ts'
import { journalView } from './view.ts'
import { parseWhere } from './where.ts'

const DEFAULT_PAGE_SIZE = 100
const MAX_PAGE_SIZE = 1000

type Key = (journal: XeroJournal) => string | number

const ORDERS: Readonly<Record<string, Key>> = {
  ManualJournalID: ({ id }) => id,
  UpdatedDateUTC: ({ updatedMs }) => updatedMs,
  Date: ({ date }) => date,
}

export function oneJournal(organisation: XeroOrganisation, id: string): XeroAnswer {
  const journal = organisation.journals.get(id)
  return journal === undefined
    ? notFound()
    : { status: 200, body: { ManualJournals: [journalView(organisation, journal, true)] } }
}

export function listJournals(
  organisation: XeroOrganisation,
  query: URLSearchParams,
  modifiedSince: string | undefined,
): XeroAnswer {
  const where = parseWhere(query.get('where'))
  if (!where.ok) return badQuery(where.message)
  const order = readOrder(query.get('order'))
  if (order === undefined)
    return badQuery(`No property or field '${query.get('order')}' exists in type 'ManualJournal'`)
  const sinceMs = modifiedSince === undefined ? 0 : Date.parse(zoned(modifiedSince))
  const found = [...organisation.journals.values()]
    .filter(({ updatedMs }) => Number.isNaN(sinceMs) || updatedMs >= sinceMs)
    .filter(where.matches)
    .toSorted(order)
  const page = positive(query.get('page'))
  const pageSize = positive(query.get('pageSize')) ?? DEFAULT_PAGE_SIZE
  if (pageSize > MAX_PAGE_SIZE) return badQuery(`pageSize can be at most ${MAX_PAGE_SIZE}`)
  if (page === undefined) {
    return { status: 200, body: { ManualJournals: found.map((journal) => journalView(organisation, journal, false)) } }
  }
  const rows = found.slice((page - 1) * pageSize, page * pageSize)
  const pagination = { page, pageSize, pageCount: Math.ceil(found.length / pageSize), itemCount: found.length }
  return {
    status: 200,
    body: { pagination, ManualJournals: rows.map((journal) => journalView(organisation, journal, true)) },
  }
}

/** Without an order, by the last change. */
function readOrder(text: string | null): ((a: XeroJournal, b: XeroJournal) => number) | undefined {
  const [field = 'UpdatedDateUTC', direction = 'ASC'] = (text ?? 'UpdatedDateUTC ASC').trim().split(/\s+/)
  const key = ORDERS[field]
  if (key === undefined || !/^(asc|desc)$/i.test(direction)) return undefined
  const sign = direction.toLowerCase() === 'desc' ? -1 : 1
  return (a, b) => sign * compare(key(a), key(b))
}

function compare(left: string | number, right: string | number): number {
  if (left === right) return 0
  return left < right ? -1 : 1
}

function positive(text: string | null): number | undefined {
  return text !== null && /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined
}

/** Xero reads an instant without a zone as UTC. */
function zoned(text: string): string {
  return /^\d{4}-\d{2}-\d{2}T[\d:.]+$/.test(text) ? `${text}Z` : text
}
